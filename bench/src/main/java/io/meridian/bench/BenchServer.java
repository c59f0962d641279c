package io.meridian.bench;

import com.typesafe.config.ConfigFactory;

import io.meridian.dns.DnsFrontend;
import io.meridian.dns.DnsSettings;
import io.meridian.domain.table.Change;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.Provenance;
import io.meridian.feed.Provenance.Origin;

import java.io.IOException;
import java.util.List;

/** Runs Meridian's DNS server over the zone of {@link BenchZone} until its standard input ends. */
public final class BenchServer {
    private static final long REVISION = 7;

    private BenchServer() {}

    /**
     * @param args port on 127.0.0.1, number of names; then settings of {@code meridian.dns}, such
     *     as {@code udp-batches=false}
     */
    public static void main(String[] args) throws IOException {
        String settings = "listen = [\"127.0.0.1:" + args[0] + "\"]\n";
        for (int i = 2; i < args.length; i++) {
            settings += args[i] + "\n";
        }
        DnsSettings parsed =
                DnsSettings.from(
                        ConfigFactory.parseString("meridian.dns {\n" + settings + "}")
                                .withFallback(ConfigFactory.defaultReference())
                                .resolve());
        try (DnsFrontend frontend = DnsFrontend.start(parsed)) {
            List<Change<ZoneRow>> rows = BenchZone.added(BenchZone.rows(Integer.parseInt(args[1])));
            frontend.zonePublisher()
                    .onUpdate(
                            rows,
                            ZoneImage.EMPTY.apply(rows),
                            new Provenance(REVISION, Origin.SNAPSHOT));
            System.out.println("ready");
            while (System.in.read() >= 0) {
                // The caller sends nothing; end of input stops the server.
            }
            System.out.println(frontend.status());
        }
    }
}
