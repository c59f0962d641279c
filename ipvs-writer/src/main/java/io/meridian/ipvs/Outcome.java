package io.meridian.ipvs;

import io.meridian.netlink.Refusal;

/** What became of one operation. */
public sealed interface Outcome {
    Operation operation();

    /** The kernel took it. */
    record Done(Operation operation) implements Outcome {}

    /** The kernel said no. */
    record Refused(Operation operation, Refusal refusal) implements Outcome {}

    /** It was not sent because an operation that it rests on was refused. */
    record Withheld(Operation operation, String reason) implements Outcome {}

    /** It was sent or meant to be, and the kernel's answer got lost: only a fresh dump can tell. */
    record Lost(Operation operation, String reason) implements Outcome {}
}
