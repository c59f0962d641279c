package io.meridian.dns.transfer;

import io.meridian.dns.answer.DnsImage;
import io.meridian.dns.answer.Zone;
import io.meridian.dns.answer.ZoneProfile;
import io.meridian.dns.wire.Answer;
import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.MessageWriter;
import io.meridian.dns.wire.Query;
import io.meridian.dns.wire.Rdata;
import io.meridian.dns.wire.ResponseCode;
import io.meridian.dns.wire.RrSet;
import io.meridian.dns.wire.Types;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.table.Change;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sends zones to secondaries: as a whole (AXFR, RFC 5936), or the changes since the secondary's
 * serial (IXFR, RFC 1995) combined into one. The serial is the revision of the zone's table, so
 * equal serials have equal content on every node. It rises with each revision of the table, also
 * where the zone does not change. A node sends the whole zone when its history lacks a change:
 * after its start, after a snapshot, or when the bound has dropped the change.
 *
 * <p>A transfer reads one immutable zone from start to end, however slow the client is.
 */
public final class ZoneTransfers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ZoneTransfers.class);

    private final TransferSettings settings;
    private final TsigKeys keys;
    private final int udpSize;
    private final Semaphore places;
    private final AtomicLong putOff = new AtomicLong();
    private final List<Notifier> notifiers;
    private final Map<DnsName, Version> versions = new ConcurrentHashMap<>();

    private record Version(Zone zone, long revision, ZoneHistory history) {}

    /**
     * @param udpSize UDP size that replies announce in OPT
     */
    public ZoneTransfers(TransferSettings settings, TsigKeys keys, int udpSize) {
        this.settings = settings;
        this.keys = keys;
        this.udpSize = udpSize;
        this.places = new Semaphore(settings.concurrent());
        this.notifiers =
                settings.targets().stream().map(target -> new Notifier(target, keys)).toList();
    }

    /**
     * Starts to send NOTIFY; the caller calls it when secondaries can connect.
     *
     * @param addresses listening addresses without wildcards
     */
    public void listening(List<InetAddress> addresses) {
        notifiers.forEach(notifier -> notifier.start(addresses));
    }

    /**
     * Records the next version of a zone. The caller calls it when queries see the version, one
     * call at a time per zone.
     *
     * @param changes from {@code before} to {@code after}; rows of other zones are ignored
     * @param revision of the zone's table
     */
    public void published(Zone before, Zone after, List<Change<ZoneRow>> changes, long revision) {
        if (settings.allow().isEmpty() && settings.targets().isEmpty()) {
            return;
        }
        DnsName origin = after.profile().origin();
        Version known = versions.get(origin);
        boolean changed = true;
        ZoneHistory history;
        if (known == null) {
            history = new ZoneHistory(settings.historyRecords());
        } else {
            ZoneDifference difference = difference(before, after, changes);
            history = known.history();
            changed = !difference.isEmpty();
            if (revision > known.revision()) {
                history.add(known.revision(), revision, difference);
            } else if (revision < known.revision() || changed) {
                LOG.warn(
                        "cannot keep a zone's history: zone={} revision={} previous={}: not the"
                                + " next revision; secondaries get the whole zone",
                        origin,
                        revision,
                        known.revision());
                history.clear();
            }
        }
        versions.put(origin, new Version(after, revision, history));
        if (changed) {
            notifiers.forEach(notifier -> notifier.changed(origin));
        }
    }

    private static ZoneDifference difference(
            Zone before, Zone after, List<Change<ZoneRow>> changes) {
        ZoneDifference.Builder builder = new ZoneDifference.Builder();
        ZoneProfile.Part part = after.profile().part();
        changes.stream()
                .map(Change::row)
                .filter(row -> row.zone().equals(part.zone()))
                .map(ZoneRow::name)
                .filter(name -> ZoneImage.inZone(name, part.origin()))
                .map(
                        name ->
                                name.substring(0, name.length() - part.origin().length())
                                        + after.profile().key())
                .distinct()
                .forEach(name -> builder.replace(before.sets(name), after.sets(name)));
        return builder.build();
    }

    /** Verifies the signature of any query. */
    public TsigVerdict verify(byte[] packet, int length) {
        return keys.verify(packet, length);
    }

    /**
     * Answers a query for a transfer.
     *
     * @param signed empty for an unsigned query
     */
    public TransferReply answer(
            Query query,
            byte[] packet,
            int length,
            InetSocketAddress client,
            boolean tcp,
            DnsImage now,
            Optional<TsigVerdict.Valid> signed) {
        Optional<TsigKey> key = signed.map(TsigVerdict.Valid::key);
        Optional<TsigSigner> signer = signed.map(TsigVerdict.Valid::signer);
        IpAddress from = IpAddress.of(client.getAddress().getAddress());
        if (settings.allow().stream().noneMatch(rule -> rule.allows(from, key))) {
            return new TransferReply.Refusal(ResponseCode.REFUSED);
        }
        Version version = versions.get(query.name());
        if (version == null) {
            return new TransferReply.Refusal(missing(now, query.name()));
        }
        boolean full = query.type() == Types.AXFR;
        OptionalLong serial = full ? OptionalLong.empty() : Serial.inQuery(packet, length);
        // RFC 5936 4.2: "AXFR sessions over UDP transport are not defined"
        if (query.dnsClass() != Types.IN || full && !tcp || !full && serial.isEmpty()) {
            return new TransferReply.Refusal(ResponseCode.FORMERR);
        }
        if (full) {
            return messages(query, client, signer, version, Optional.empty());
        }
        boolean current =
                serial.getAsLong() == Serial.of(version.revision())
                        || Serial.isNewer(serial.getAsLong(), version.revision());
        if (current || !tcp) {
            return new TransferReply.Current(version.zone().soa());
        }
        return messages(query, client, signer, version, step(version, serial.getAsLong()));
    }

    /**
     * The error for a zone without versions. RFC 5936 2.2.1: NOTAUTH for a zone that the node does
     * not serve, SERVFAIL for one that has no image yet. REFUSED for a zone of settings or of two
     * tables, whose serial differs between nodes.
     */
    private static ResponseCode missing(DnsImage now, DnsName name) {
        return now.zones().stream()
                .filter(zone -> zone.profile().origin().equals(name))
                .findFirst()
                .map(zone -> zone.complete() ? ResponseCode.REFUSED : ResponseCode.SERVFAIL)
                .orElse(ResponseCode.NOTAUTH);
    }

    /** The changes from the client's serial to the current version. */
    private record Step(long serial, ZoneDifference difference) {}

    private static Optional<Step> step(Version version, long serial) {
        OptionalLong from = Serial.revision(serial, version.revision());
        return from.isEmpty()
                ? Optional.empty()
                : version.history()
                        .between(from.getAsLong(), version.revision())
                        .map(difference -> new Step(serial, difference));
    }

    private TransferReply messages(
            Query query,
            InetSocketAddress client,
            Optional<TsigSigner> signer,
            Version version,
            Optional<Step> step) {
        return new TransferReply.Messages(
                sink -> {
                    if (!places.tryAcquire()) {
                        busy(query, signer, sink);
                        return;
                    }
                    try {
                        TransferWriter writer =
                                new TransferWriter(query, new MessageWriter(udpSize), signer, sink);
                        if (step.isPresent()) {
                            changes(writer, version.zone().soa(), step.get());
                        } else {
                            whole(writer, version.zone());
                        }
                        log(query, client, version, step, writer);
                    } catch (UncheckedIOException e) {
                        throw e.getCause();
                    } finally {
                        places.release();
                    }
                });
    }

    /** Writes a zone (RFC 5936 2.2): SOA, all other records in any order, SOA. */
    private static void whole(TransferWriter writer, Zone zone) {
        writer.add(zone.soa());
        writer.add(zone.ns());
        zone.forEachSet(writer::add);
        writer.add(zone.soa());
        writer.end();
    }

    /**
     * Writes changes (RFC 1995 4): the new SOA, the old SOA, removed records, the new SOA, added
     * records, the new SOA.
     */
    private static void changes(TransferWriter writer, RrSet soa, Step step) {
        writer.add(soa);
        writer.add(withSerial(soa, step.serial()));
        step.difference().removed().forEach(entry -> writer.add(entry.set()));
        writer.add(soa);
        step.difference().added().forEach(entry -> writer.add(entry.set()));
        writer.add(soa);
        writer.end();
    }

    private static RrSet withSerial(RrSet set, long serial) {
        Rdata.Soa soa = (Rdata.Soa) set.data().getFirst();
        return new RrSet(
                set.owner(),
                set.ttl(),
                List.of(
                        new Rdata.Soa(
                                soa.server(),
                                soa.mailbox(),
                                serial,
                                soa.refresh(),
                                soa.retry(),
                                soa.expire(),
                                soa.minimum())));
    }

    /** Answers SERVFAIL, after which the client tries again later. */
    private void busy(Query query, Optional<TsigSigner> signer, MessageSink sink)
            throws IOException {
        long times = putOff.incrementAndGet();
        if (Long.bitCount(times) == 1) { // the 1st, 2nd, 4th, 8th...
            LOG.warn(
                    "cannot start a transfer: zone={}: concurrent={}; the client gets SERVFAIL;"
                            + " refused so far: {}",
                    query.name(),
                    settings.concurrent(),
                    times);
        }
        MessageWriter writer = new MessageWriter(udpSize);
        int length =
                writer.write(
                        query,
                        Answer.of(ResponseCode.SERVFAIL),
                        TransferWriter.MESSAGE_LENGTH,
                        false);
        if (signer.isPresent()) {
            length = signer.get().sign(writer, length);
        }
        sink.send(writer.buffer(), length);
    }

    private static void log(
            Query query,
            InetSocketAddress client,
            Version version,
            Optional<Step> step,
            TransferWriter writer) {
        if (step.isPresent()) {
            LOG.debug(
                    "changes sent: zone={} client={} from={} to={} {}",
                    query.name(),
                    client,
                    step.get().serial(),
                    Serial.of(version.revision()),
                    writer);
        } else {
            LOG.info(
                    "whole zone sent: zone={} client={} serial={} {}",
                    query.name(),
                    client,
                    Serial.of(version.revision()),
                    writer);
        }
    }

    @Override
    public void close() {
        notifiers.forEach(Notifier::close);
    }
}
