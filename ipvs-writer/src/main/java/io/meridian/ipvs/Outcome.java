package io.meridian.ipvs;

import io.meridian.netlink.Refusal;

/** The outcome of one operation. */
public sealed interface Outcome {
    Operation operation();

    /** The kernel executed the operation. */
    record Done(Operation operation) implements Outcome {}

    /** The kernel refused the operation and changed nothing. */
    record Refused(Operation operation, Refusal refusal) implements Outcome {}

    /** The operation was not sent, because an operation on which it depends was refused. */
    record Withheld(Operation operation, String reason) implements Outcome {}

    /** The kernel's reply was lost, or the operation was not sent; only a dump shows its effect. */
    record Lost(Operation operation, String reason) implements Outcome {}
}
