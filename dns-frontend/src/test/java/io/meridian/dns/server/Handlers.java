package io.meridian.dns.server;

import io.meridian.dns.DnsSettings;
import io.meridian.dns.Frontends;
import io.meridian.dns.answer.AnswerOrder;
import io.meridian.dns.answer.DnsImage;
import io.meridian.dns.forward.Forwarder;
import io.meridian.dns.forward.Forwarding;
import io.meridian.dns.forward.Upstreams;
import io.meridian.dns.transfer.TransferSettings;
import io.meridian.dns.transfer.TsigKeys;
import io.meridian.dns.transfer.ZoneTransfers;

import java.security.SecureRandom;
import java.util.List;
import java.util.random.RandomGenerator;

/** Query handlers without sockets. */
final class Handlers {
    private Handlers() {}

    /** Forwards nothing. */
    static QueryHandler handler(
            DnsImage image, int udpSize, AnswerOrder order, RandomGenerator random) {
        DnsSettings settings = Frontends.settings("");
        Forwarder forwarder = new Forwarder(settings.forward(), List.of(), new SecureRandom());
        return new QueryHandler(
                () -> image,
                new Forwarding(Upstreams.NONE, settings.recursion(), forwarder),
                new ZoneTransfers(TransferSettings.OFF, new TsigKeys(List.of(), () -> 0), udpSize),
                udpSize,
                new byte[0],
                new ServerCookies(List.of(), new SecureRandom(), () -> 0),
                order,
                random,
                new Counters());
    }
}
