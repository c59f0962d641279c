package io.meridian.dns.transfer;

import java.util.List;

/**
 * Settings below {@code meridian.dns.transfer}; {@code reference.conf} has the meaning of each.
 *
 * @param allow rules, of which one must match; empty: no client may transfer a zone
 * @param keys with distinct names
 * @param targets secondaries that get NOTIFY
 * @param historyRecords bound of the changed records that each zone keeps, 0..10000000
 * @param concurrent transfers at the same time, 1..1000
 */
public record TransferSettings(
        List<TransferRule> allow,
        List<TsigKey> keys,
        List<NotifyTarget> targets,
        int historyRecords,
        int concurrent) {
    public static final TransferSettings OFF =
            new TransferSettings(List.of(), List.of(), List.of(), 0, 1);

    public TransferSettings {
        allow = List.copyOf(allow);
        keys = List.copyOf(keys);
        targets = List.copyOf(targets);
    }
}
