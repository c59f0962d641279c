package io.meridian.dns.answer;

import io.meridian.dns.wire.DnsName;
import io.meridian.domain.zone.ZoneImage;

import java.util.Collection;
import java.util.function.Consumer;

/**
 * The names of one zone at one revision, each with its {@link NameEntry}. Immutable.
 *
 * @param count number of names that have rows
 * @param leftOut number of records that the last update could not encode or name
 */
record ZoneNames(ZoneProfile profile, NameTable table, int count, int leftOut) {
    static ZoneNames none(ZoneProfile profile) {
        return new ZoneNames(profile, NameTable.EMPTY, 0, 0);
    }

    /** All names of an image and of the node's own records. */
    static ZoneNames of(ZoneProfile profile, ZoneImage image, ZoneImage own) {
        NameUpdate update = new NameUpdate(profile, image, own, NameTable.EMPTY, 0);
        update.fillAll();
        return of(profile, update);
    }

    private static ZoneNames of(ZoneProfile profile, NameUpdate update) {
        return new ZoneNames(profile, update.table(), update.count(), update.leftOut());
    }

    /**
     * The names after an update.
     *
     * @param touched names whose records have changed, each once
     * @param image after the changes
     * @param own the node's own records, after the changes
     */
    ZoneNames with(Collection<String> touched, ZoneImage image, ZoneImage own) {
        NameUpdate update = new NameUpdate(profile, image, own, table, count);
        update.take(touched);
        return of(profile, update);
    }

    /**
     * @return see {@link NameTable#find}
     */
    byte[] entry(DnsName name) {
        byte[] key = name.lowerCaseWire();
        return entry(key, key.length, NameHash.of(key, 0, key.length));
    }

    /**
     * @param name on the wire, lower case
     * @return see {@link NameTable#find}
     */
    byte[] entry(byte[] name, int length, long hash) {
        return table.find(name, length, hash);
    }

    /** Passes every entry to the action, in no particular order. */
    void forEach(Consumer<byte[]> action) {
        table.forEach(action);
    }
}
