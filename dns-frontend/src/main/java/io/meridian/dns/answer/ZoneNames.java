package io.meridian.dns.answer;

import io.meridian.dns.wire.DnsName;
import io.meridian.domain.zone.ZoneImage;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** The names of one zone at one revision, as entries. Immutable. */
sealed interface ZoneNames {
    static ZoneNames none(ZoneTraits traits) {
        return new Made(traits, NameTable.EMPTY, 0, 0);
    }

    /**
     * @param touched names whose records have changed, each once
     * @param image after the changes
     * @param own likewise, what the node adds
     */
    ZoneNames with(Collection<String> touched, ZoneImage image, ZoneImage own);

    /** All entries, in place of these if they are still to be made. */
    Made made();

    /**
     * The same, for less. What it leaves out are records of names that updates have touched.
     *
     * @param shown all entries of the names that these once were, before any update
     */
    Made made(Made shown);

    /**
     * @param name lower case
     * @return see {@link NameTable#find}
     */
    byte[] entry(byte[] name, int length, long hash);

    default byte[] entry(DnsName name) {
        byte[] key = name.lowerCaseWire();
        return entry(key, key.length, NameHash.of(key, 0, key.length));
    }

    /** How many names have rows. */
    int count();

    /** By the last update; 0 while that is not known. */
    int leftOut();

    /** Every entry, in an order that means nothing. */
    default void forEach(Consumer<byte[]> action) {
        made().table().forEach(action);
    }

    /**
     * The names of a first image. Of one with many, entries are left to be made later: see {@link
     * Unmade}.
     *
     * @param large how many names are that many
     */
    static ZoneNames showing(ZoneTraits traits, ZoneImage image, ZoneImage own, int large) {
        List<String> all = new NameUpdate(traits, image, own).names();
        return all.size() >= large && areReachable(all, traits)
                ? new Unmade(traits, image, own, Set.of())
                : none(traits).with(all, image, own);
    }

    private static boolean areReachable(Collection<String> names, ZoneTraits traits) {
        for (String name : names) {
            if (!traits.isReachable(name)) {
                return false;
            }
        }
        return true;
    }

    /** All entries are there. */
    record Made(ZoneTraits traits, NameTable table, int count, int leftOut) implements ZoneNames {
        @Override
        public Made with(Collection<String> touched, ZoneImage image, ZoneImage own) {
            NameUpdate update = new NameUpdate(traits, image, own, table, count);
            update.take(touched);
            return new Made(traits, update.table(), update.count(), update.leftOut());
        }

        @Override
        public Made made() {
            return this;
        }

        @Override
        public Made made(Made shown) {
            return this;
        }

        @Override
        public byte[] entry(byte[] name, int length, long hash) {
            return table.find(name, length, hash);
        }
    }

    /**
     * Each entry that is asked for is made of the image there and then, which takes some
     * microseconds. There are only names that queries can reach: others are left out of what is
     * known to be below a name, which the image alone does not tell.
     *
     * @param touched by updates so far, not to be changed
     */
    record Unmade(ZoneTraits traits, ZoneImage image, ZoneImage own, Set<String> touched)
            implements ZoneNames {
        @Override
        public ZoneNames with(Collection<String> nowTouched, ZoneImage nowImage, ZoneImage nowOwn) {
            Set<String> all = new HashSet<>(touched);
            all.addAll(nowTouched);
            Unmade next = new Unmade(traits, nowImage, nowOwn, all);
            return areReachable(nowTouched, traits) ? next : next.made();
        }

        @Override
        public Made made() {
            return new Made(traits, NameTable.EMPTY, 0, 0)
                    .with(new NameUpdate(traits, image, own).names(), image, own);
        }

        @Override
        public Made made(Made shown) {
            return shown.with(touched, image, own);
        }

        @Override
        public byte[] entry(byte[] name, int length, long hash) {
            return new NameUpdate(traits, image, own).entry(Arrays.copyOf(name, length));
        }

        @Override
        public int count() {
            return new NameUpdate(traits, image, own).names().size();
        }

        @Override
        public int leftOut() {
            return 0;
        }
    }
}
