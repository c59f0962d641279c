package io.meridian.feed.wire;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;

import com.typesafe.config.ConfigFactory;

import io.meridian.feed.Table;
import io.meridian.feed.TestNodes;
import io.meridian.feed.master.FeedServer;
import io.meridian.feed.master.NodeRegistry;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import java.util.List;

class FeedMessageTest {
    private static final ActorTestKit KIT =
            ActorTestKit.create(
                    ConfigFactory.parseString("akka.actor.provider = cluster")
                            .withFallback(TestNodes.remoting())
                            .withFallback(ConfigFactory.load()));

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @Test
    void everyMessageRoundTrips() {
        TestProbe<FeedReply> replies = KIT.createTestProbe(FeedReply.class);
        TestProbe<NodeRegistry.Received> node = KIT.createTestProbe(NodeRegistry.Received.class);
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
        List<FeedMessage> messages =
                List.of(
                        new FeedServer.Poll(Table.ZONE, 1, "n1", -1, true, replies.ref()),
                        new NodeRegistry.Report(status, node.ref()),
                        new NodeRegistry.Received(),
                        new NodeRegistry.Leave("n1"),
                        new NodeRegistry.Known(
                                List.of(new NodeRegistry.KnownNode(status, true, 1500))),
                        new FeedServer.Pull(Table.VIP, 2, "n1", 7, -123, 3, replies.ref()),
                        new FeedReply.NotReady(9, "database away"));
        messages.forEach(message -> KIT.serializationTestKit().verifySerialization(message, true));
    }

    @Test
    void serializedBytesRoundTrip() {
        FeedReply.Part part =
                KIT.serializationTestKit()
                        .verifySerialization(
                                new FeedReply.Part(1, -2, 3, 4, 5, new byte[] {0, -1, 7}), false);
        assertThat(part.bytes()).containsExactly(0, -1, 7);
        FeedReply.Whole whole =
                KIT.serializationTestKit()
                        .verifySerialization(new FeedReply.Whole(6, new byte[] {1}), false);
        assertThat(whole.bytes()).containsExactly(1);
    }
}
