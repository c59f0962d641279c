package io.meridian.dns.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.dns.wire.Answer;
import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.Rdata;
import io.meridian.dns.wire.ResponseCode;
import io.meridian.dns.wire.RrSet;
import io.meridian.domain.net.IpAddress;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import java.util.ArrayList;
import java.util.List;

class RotationTest {
    private static final DnsName OWNER = DnsName.literal("a.mesos");

    private static Answer answer(int records) {
        List<Rdata> data = new ArrayList<>();
        for (int i = 1; i <= records; i++) {
            data.add(new Rdata.Address(IpAddress.literal("10.0.0." + i)));
        }
        RrSet cname = new RrSet(DnsName.literal("b.mesos"), 5, List.of(new Rdata.Cname(OWNER)));
        return new Answer(
                ResponseCode.NOERROR,
                true,
                List.of(cname, new RrSet(OWNER, 5, data)),
                List.of(),
                List.of());
    }

    /** The record at message id modulo their number comes first (specs: dcos-net 1.8). */
    @Property(tries = 200)
    void theMessageIdSelectsTheRotation(
            @ForAll @IntRange(min = 1, max = 9) int records,
            @ForAll @IntRange(max = 65535) int id) {
        Answer answer = answer(records);
        List<Rdata> sorted = answer.answers().getLast().data();
        Answer rotated = Rotation.rotated(answer, id);
        assertThat(rotated.answers().getFirst()).isEqualTo(answer.answers().getFirst());
        List<Rdata> data = rotated.answers().getLast().data();
        for (int i = 0; i < records; i++) {
            assertThat(data.get(i)).isEqualTo(sorted.get((i + id) % records));
        }
    }
}
