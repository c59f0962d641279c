package io.meridian.dns.answer;

import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.Renaming;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Aliases of our zones (specs: dcos-net 1.5). The server renames the question into a zone, answers
 * it, and renames the answer back.
 *
 * <ul>
 *   <li>{@code dclb.thisdcos.directory} and {@code dclb.thisdcos.global} are {@code
 *       l4lb.thisdcos.directory};
 *   <li>{@code <x>.thisdcos.global} is {@code <x>.thisdcos.directory};
 *   <li>{@code <x>.<crypto id>.dcos.directory} is {@code <x>.thisdcos.directory}, for this
 *       cluster's id only.
 * </ul>
 */
public final class Aliases {
    public static final Aliases NONE = new Aliases(List.of());

    private static final String DIRECTORY = "thisdcos.directory";
    private static final String GLOBAL = "thisdcos.global";
    private static final String L4LB = "l4lb." + DIRECTORY;

    private final List<Alias> aliases;
    private final byte[][] origins;

    private Aliases(List<Alias> aliases) {
        this.aliases = List.copyOf(aliases);
        this.origins =
                aliases.stream()
                        .map(alias -> alias.in.from().lowerCaseWire())
                        .toArray(byte[][]::new);
    }

    /**
     * @param in renames from the alias to the zone
     * @param apex whether the alias itself is renamed, or only names below it
     */
    private record Alias(Renaming in, boolean apex) {
        static Alias of(String from, String to, boolean apex) {
            return new Alias(new Renaming(DnsName.literal(from), DnsName.literal(to)), apex);
        }

        boolean matches(DnsName name) {
            return name.isAtOrBelow(in.from()) && (apex || name.labels() > in.from().labels());
        }
    }

    /**
     * @param cryptoId the cluster's public key in z-base-32; empty if unknown
     */
    public static Aliases of(String cryptoId) {
        List<Alias> aliases = new ArrayList<>();
        aliases.add(Alias.of("dclb." + DIRECTORY, L4LB, true));
        aliases.add(Alias.of("dclb." + GLOBAL, L4LB, true));
        aliases.add(Alias.of(GLOBAL, DIRECTORY, false));
        if (!cryptoId.isEmpty()) {
            aliases.add(Alias.of(cryptoId + ".dcos.directory", DIRECTORY, false));
        }
        return new Aliases(aliases);
    }

    /**
     * Whether a name may be an alias. Also true for the apex of an alias that covers only the names
     * below it. Allocates nothing.
     *
     * @param name on the wire, lower case
     */
    boolean take(byte[] name, int length) {
        for (byte[] origin : origins) {
            if (FastAnswerer.isAtOrBelow(name, length, origin)) {
                return true;
            }
        }
        return false;
    }

    /** The renaming of a question into our zones; empty for a name that is no alias. */
    public Optional<Renaming> of(DnsName name) {
        for (Alias alias : aliases) {
            if (alias.matches(name)) {
                return Optional.of(alias.in);
            }
        }
        return Optional.empty();
    }
}
