package io.meridian.dns.wire;

import java.util.ArrayList;
import java.util.List;

/**
 * Replaces a suffix in owners and in the targets of records. A name that would be longer than 255
 * bytes, or is not at or below the suffix, stays unchanged.
 */
public record Renaming(DnsName from, DnsName to) {
    public DnsName of(DnsName name) {
        return name.isAtOrBelow(from) ? name.renamed(from, to).orElse(name) : name;
    }

    public Rdata of(Rdata data) {
        return switch (data) {
            case Rdata.Srv srv ->
                    new Rdata.Srv(srv.priority(), srv.weight(), srv.port(), of(srv.target()));
            case Rdata.Cname cname -> new Rdata.Cname(of(cname.target()));
            case Rdata.Ptr ptr -> new Rdata.Ptr(of(ptr.target()));
            case Rdata.Ns ns -> new Rdata.Ns(of(ns.server()));
            case Rdata.Soa soa ->
                    new Rdata.Soa(
                            of(soa.server()),
                            of(soa.mailbox()),
                            soa.serial(),
                            soa.refresh(),
                            soa.retry(),
                            soa.expire(),
                            soa.minimum());
            case Rdata.Address _, Rdata.Txt _ -> data;
        };
    }

    /** The renamed data in the same order. */
    public List<Rdata> of(List<Rdata> data) {
        List<Rdata> renamed = new ArrayList<>(data.size());
        data.forEach(one -> renamed.add(of(one)));
        return renamed;
    }

    /**
     * The renamed answer.
     *
     * @param asked name of the client's question; it replaces each owner that equals it, so that
     *     the client's case is kept
     */
    public Answer of(Answer answer, DnsName asked) {
        return new Answer(
                answer.code(),
                answer.authoritative(),
                sets(answer.answers(), asked),
                sets(answer.authority(), asked),
                sets(answer.additional(), asked));
    }

    private List<RrSet> sets(List<RrSet> sets, DnsName asked) {
        List<RrSet> renamed = new ArrayList<>(sets.size());
        for (RrSet set : sets) {
            DnsName owner = of(set.owner());
            renamed.add(new RrSet(owner.equals(asked) ? asked : owner, set.ttl(), of(set.data())));
        }
        return renamed;
    }
}
