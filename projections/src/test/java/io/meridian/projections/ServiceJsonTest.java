package io.meridian.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.BoundPort;
import io.meridian.domain.service.LabelledVip;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.TreeSet;

class ServiceJsonTest {
    /** {@link ProjectionRebuild} makes VIP rows from this JSON. */
    @Test
    void aVipLabelIsStoredWithOptionsAndRefusals() {
        BoundPort port =
                new BoundPort(
                        "http",
                        new TreeSet<>(List.of(Protocol.TCP)),
                        80,
                        31000,
                        List.of(
                                LabelledVip.parse(
                                        "{weight=3 drain=60 refused=no%20colour}web:80")));

        String json = ServiceJson.encode(port);

        assertThat(json).contains("\"{weight=3 drain=60 refused=no%20colour}web:80\"");
        assertThat(ServiceJson.decode(json, BoundPort.class)).isEqualTo(port);
    }
}
