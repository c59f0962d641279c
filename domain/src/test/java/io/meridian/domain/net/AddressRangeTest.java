package io.meridian.domain.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigInteger;

class AddressRangeTest {
    private static final AddressRange DCOS =
            AddressRange.parse("11.0.0.0-11.255.255.255").orElseThrow();
    private static final AddressRange DCOS6 =
            AddressRange.parse("fd01:c::-fd01:c::ffff:ffff:ffff:ffff").orElseThrow();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "11.0.0.0",
                "11.0.0.0-",
                "-11.0.0.0",
                "11.0.0.2-11.0.0.1",
                "11.0.0.0-::1",
                "::1-11.0.0.0",
                "11.0.0.0-11.0.0.1-11.0.0.2",
                "a-b",
                "::2-::1",
                "::-::1:0:0:0"
            })
    void invalidRangesAreRefused(String text) {
        assertThat(AddressRange.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "11.0.0.0-11.255.255.255, 11.0.0.0, 11.255.255.255",
        " 11.0.0.1 - 11.0.0.1 , 11.0.0.1, 11.0.0.1",
        "fd01:c::-fd01:c::ffff, fd01:c::, fd01:c::ffff"
    })
    void aRangeIsReadFromItsEnds(String text, String first, String last) {
        assertThat(AddressRange.parse(text))
                .contains(new AddressRange(IpAddress.literal(first), IpAddress.literal(last)));
    }

    @Test
    void aWrittenRangeIsReadBack() {
        assertThat(AddressRange.parse(DCOS.toString())).contains(DCOS);
        assertThat(AddressRange.parse(DCOS6.toString())).contains(DCOS6);
    }

    @Test
    void endsOfTwoFamiliesAreNoRange() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                new AddressRange(
                                        IpAddress.literal("1.2.3.4"), IpAddress.literal("::5")));
    }

    @Property
    void everyOffsetIsAnAddressInsideAndInOrder(@ForAll @LongRange(max = 0xff_ffffL) long offset) {
        IpAddress address = DCOS.at(BigInteger.valueOf(offset));

        assertThat(DCOS.contains(address)).isTrue();
        long number = Integer.toUnsignedLong(java.nio.ByteBuffer.wrap(address.bytes()).getInt());
        assertThat(number).isEqualTo((11L << 24) + offset);
    }

    @Test
    void theSpanOfAnIpv6RangeMayExceedALong() {
        assertThat(DCOS6.span()).isEqualTo(BigInteger.TWO.pow(64).subtract(BigInteger.ONE));
        assertThat(DCOS6.at(DCOS6.span())).isEqualTo(DCOS6.last());
        assertThat(DCOS6.at(BigInteger.ZERO)).isEqualTo(DCOS6.first());
    }

    @Test
    void addressesNextToTheEndsAreOutside() {
        assertThat(DCOS.contains(IpAddress.literal("10.255.255.255"))).isFalse();
        assertThat(DCOS.contains(IpAddress.literal("12.0.0.0"))).isFalse();
        assertThat(DCOS.contains(IpAddress.literal("fd01:c::1"))).isFalse();
        assertThat(DCOS6.contains(IpAddress.literal("11.0.0.1"))).isFalse();
        assertThat(DCOS6.contains(IpAddress.literal("fd01:c:0:1::"))).isFalse();
    }

    @Test
    void anOffsetOutsideIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> DCOS.at(BigInteger.valueOf(-1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DCOS.at(BigInteger.valueOf(0x100_0000L)));
    }
}
