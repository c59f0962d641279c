package io.meridian.feed.wire;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRefResolver;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.serialization.Serializers;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import com.typesafe.config.ConfigFactory;

import io.meridian.feed.Table;
import io.meridian.feed.TestNodes;
import io.meridian.feed.master.FeedServer;
import io.meridian.feed.master.NodeRegistry;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * During an upgrade nodes of two versions exchange messages. A node reads messages of an older
 * version, and ignores fields that a newer version adds. {@code -Dgolden.update} adds missing
 * messages; an existing line must never change.
 */
class WireGoldenTest {
    private static final Path GOLDEN = Path.of("src/test/resources/wire-1.golden");
    private static final ActorTestKit KIT =
            ActorTestKit.create(
                    ConfigFactory.parseString("akka.actor.provider = cluster")
                            .withFallback(TestNodes.remoting())
                            .withFallback(ConfigFactory.load()));

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    private static Map<String, FeedMessage> messages() {
        ActorRefResolver refs = ActorRefResolver.get(KIT.system());
        String node = "akka://meridian@192.0.2.1:25520/system/feed-client-zone#1";
        NodeStatus status =
                new NodeStatus(
                        "n1",
                        "1.2.3",
                        "192.0.2.1",
                        List.of("agent"),
                        7,
                        8,
                        0.25,
                        new NodeStatus.Dataplane("ipvs", 1, 2, 3, 4, 5, "EPERM"));
        Map<String, FeedMessage> all = new LinkedHashMap<>();
        all.put(
                "poll",
                new FeedServer.Poll(Table.ZONE, 1, "n1", -1, true, refs.resolveActorRef(node)));
        all.put(
                "pull",
                new FeedServer.Pull(Table.VIP, 2, "n1", 7, -123, 3, refs.resolveActorRef(node)));
        all.put("report", new NodeRegistry.Report(status, refs.resolveActorRef(node)));
        all.put("received", new NodeRegistry.Received());
        all.put("leave", new NodeRegistry.Leave("n1"));
        all.put(
                "known",
                new NodeRegistry.Known(List.of(new NodeRegistry.KnownNode(status, true, 1500))));
        all.put("not-ready", new FeedReply.NotReady(9, "database away"));
        return all;
    }

    @Test
    void aMessageOfAnOlderNodeIsRead() throws IOException {
        Map<String, String> golden = golden();
        assertThat(golden.keySet())
                .as("-Dgolden.update adds messages")
                .containsAll(messages().keySet());
        golden.forEach(
                (name, line) ->
                        assertThat(decode(line, bytes(line)))
                                .as(name)
                                .isEqualTo(messages().get(name)));
    }

    @Test
    void aFieldOfANewerNodeIsNoError() throws IOException {
        ObjectMapper cbor = new CBORMapper();
        for (Map.Entry<String, String> line : golden().entrySet()) {
            ObjectNode fields = (ObjectNode) cbor.readTree(bytes(line.getValue()));
            fields.put("fieldOfTomorrow", 1);
            assertThat(decode(line.getValue(), cbor.writeValueAsBytes(fields)))
                    .as(line.getKey())
                    .isEqualTo(messages().get(line.getKey()));
        }
    }

    /** Golden messages by name: serializer, manifest and bytes in hex, separated by blanks. */
    private static Map<String, String> golden() throws IOException {
        Map<String, String> golden = new LinkedHashMap<>();
        if (Files.exists(GOLDEN)) {
            for (String line : Files.readAllLines(GOLDEN)) {
                golden.put(line.substring(0, line.indexOf(' ')), line.substring(line.indexOf(' ')));
            }
        }
        if (Boolean.getBoolean("golden.update")) {
            messages().forEach((name, message) -> golden.putIfAbsent(name, encode(message)));
            Files.write(
                    GOLDEN,
                    golden.entrySet().stream()
                            .map(line -> line.getKey() + " " + line.getValue().strip())
                            .toList());
        }
        return golden;
    }

    private static byte[] bytes(String line) {
        return HexFormat.of().parseHex(line.strip().split(" ")[2]);
    }

    private static String encode(FeedMessage message) {
        Serialization serialization = SerializationExtension.get(KIT.system());
        var serializer = serialization.findSerializerFor(message);
        return serializer.identifier()
                + " "
                + Serializers.manifestFor(serializer, message)
                + " "
                + HexFormat.of().formatHex(serialization.serialize(message).get());
    }

    private static Object decode(String line, byte[] bytes) {
        String[] parts = line.strip().split(" ");
        return SerializationExtension.get(KIT.system())
                .deserialize(bytes, Integer.parseInt(parts[0]), parts[1])
                .get();
    }
}
