package io.meridian.projections;

import io.r2dbc.spi.R2dbcException;

import org.jspecify.annotations.Nullable;

import java.io.NotSerializableException;
import java.time.DateTimeException;

/** Tells a failure that an event causes from one of the database or the connection. Pure. */
final class EventFailure {
    private EventFailure() {}

    /**
     * Whether the same event fails again, however often it is projected: the database refuses a
     * value (SQL classes 22 and 23) or its size (54), this program cannot read the entry, or a
     * defect in the rules throws. All other failures are of the database, and a retry may succeed.
     */
    static boolean isOfAnEvent(Throwable failure) {
        return switch (failure) {
            case BatchFailed batch -> isOfAnEvent(batch.failure());
            case R2dbcException refused -> isOfAValue(refused.getSqlState());
            case NotSerializableException _,
                    IllegalArgumentException _,
                    NullPointerException _,
                    ClassCastException _,
                    ArithmeticException _,
                    IndexOutOfBoundsException _,
                    DateTimeException _,
                    UnsupportedOperationException _,
                    MatchException _ ->
                    true;
            default -> false;
        };
    }

    private static boolean isOfAValue(@Nullable String sqlState) {
        return sqlState != null
                && (sqlState.startsWith("22")
                        || sqlState.startsWith("23")
                        || sqlState.startsWith("54"));
    }

    /** Message of a failure as PostgreSQL can store it. */
    static String text(Throwable failure) {
        String message =
                failure instanceof R2dbcException refused
                        ? "%s (SQL state %s)".formatted(refused.getMessage(), refused.getSqlState())
                        : failure.toString();
        return message.replace('\0', '\ufffd');
    }
}
