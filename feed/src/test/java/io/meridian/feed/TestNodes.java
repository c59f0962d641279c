package io.meridian.feed;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.master.FakeTableStore;
import io.meridian.feed.master.FeedServer;
import io.meridian.feed.text.RowText;

import java.time.Clock;

/** Settings with short times, and the parts of a master. */
public final class TestNodes {
    private TestNodes() {}

    /** Settings of Artery on a free port of the loopback interface. */
    public static Config remoting() {
        return ConfigFactory.parseString(
                """
                akka.remote.artery.transport = tcp
                akka.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                akka.actor.allow-java-serialization = off
                akka.cluster.jmx.multi-mbeans-in-same-jvm = on
                akka.cluster.downing-provider-class = "akka.cluster.sbr.SplitBrainResolverProvider"
                """);
    }

    public static FeedSettings settings(String... overrides) {
        String quick =
                """
                meridian.feed.server { long-poll-timeout = 400 ms, read-interval = 200 ms, read-backoff-min = 20 ms
                  read-backoff-max = 200 ms, part-size = 1 KiB }
                meridian.feed.client { answer-timeout = 2 s, backoff-min = 20 ms, backoff-max = 200 ms
                  save-interval = 10 ms, max-save-duty = 1 }
                meridian.feed.nodes { report-interval = 50 ms, lost-after = 2 s, forget-after = 1 h }
                """;
        return FeedSettings.from(
                ConfigFactory.parseString(quick + String.join("\n", overrides))
                        .withFallback(ConfigFactory.load()));
    }

    /** Table stores and images of a master. */
    public static final class Master {
        public final FakeTableStore<ZoneRow> zoneStore;
        public final FakeTableStore<VipRow> vipStore;
        public final CurrentImage<ZoneRow, ZoneImage> zones = new CurrentImage<>(TableType.ZONE);
        public final CurrentImage<VipRow, VipImage> vips = new CurrentImage<>(TableType.VIP);

        public Master(FakeTableStore<ZoneRow> zoneStore, FakeTableStore<VipRow> vipStore) {
            this.zoneStore = zoneStore;
            this.vipStore = vipStore;
        }

        public Master() {
            this(new FakeTableStore<>(RowText.ZONE), new FakeTableStore<>(RowText.VIP));
        }

        public akka.actor.typed.Behavior<FeedServer.Command> server(FeedSettings settings) {
            return FeedServer.create(
                    settings,
                    new FeedServer.Served<>(zoneStore, zones),
                    new FeedServer.Served<>(vipStore, vips),
                    Clock.systemUTC());
        }
    }
}
