package io.meridian.dns.transfer;

import java.util.List;

/**
 * Settings below {@code meridian.dns.transfer}; what each means stands in {@code reference.conf}.
 *
 * @param allow whoever one of them allows may take every zone; empty: nobody
 * @param keys with distinct names
 * @param targets secondaries to tell of changes
 * @param historyRecords most records of a zone's past that are held, 0..10000000
 * @param concurrent transfers under way at once, 1..1000
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
