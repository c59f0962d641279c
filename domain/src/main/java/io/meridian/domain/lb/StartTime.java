package io.meridian.domain.lb;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Times in labels and in Marathon's answers: ISO 8601, or English such as {@code Jan 2 2026 10:00}.
 * A time without a zone counts as UTC; a date without a time of day as midnight.
 */
final class StartTime {
    private static final String CLOCK =
            "[['T']["
                + " ]HH:mm[:ss][,SSS][.SSSSSSSSS][.SSSSSSSS][.SSSSSSS][.SSSSSS][.SSSSS][.SSSS][.SSS][.SS][.S]]["
                + " ][XXXXX][XXXX][XXX][XX][X][z]";
    private static final List<DateTimeFormatter> FORMS =
            List.of(
                    form("yyyy-MM-dd" + CLOCK),
                    form("yyyyMMdd" + CLOCK),
                    form("yyyy/MM/dd" + CLOCK),
                    form("[EEE][,][ ]MMM d[,] yyyy" + CLOCK),
                    form("[EEE][,][ ]d MMM yyyy" + CLOCK),
                    form("MMMM d[,] yyyy" + CLOCK),
                    form("d MMMM yyyy" + CLOCK));

    private StartTime() {}

    /**
     * @param what name of the label or field, for the message
     */
    static Instant of(String what, String text) throws RefusedException {
        return FORMS.stream()
                .map(form -> parsed(form, text.strip()))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow(
                        () ->
                                new RefusedException(
                                        what + "=" + Text.masked(text) + " is not a time"));
    }

    /** Null if the text has another form. */
    private static @Nullable Instant parsed(DateTimeFormatter form, String text) {
        try {
            return instant(form.parse(text));
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private static Instant instant(TemporalAccessor parsed) {
        LocalTime time =
                parsed.isSupported(ChronoField.HOUR_OF_DAY)
                        ? LocalTime.from(parsed)
                        : LocalTime.MIDNIGHT;
        var zone = parsed.query(TemporalQueries.zone());
        return LocalDateTime.of(LocalDate.from(parsed), time)
                .atZone(zone == null ? ZoneOffset.UTC : zone)
                .toInstant();
    }

    private static DateTimeFormatter form(String pattern) {
        return new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .appendPattern(pattern)
                .toFormatter(Locale.ENGLISH);
    }
}
