package io.meridian.domain.net;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * The JDK's parser of literals is the oracle. Every text here has a colon, so the JDK never looks a
 * name up.
 */
class IpAddressLawTest {
    @Property
    void anIpv4AddressIsReadAndWrittenAsTheJdkDoes(@ForAll @Size(4) byte[] bytes)
            throws UnknownHostException {
        String text = InetAddress.getByAddress(bytes).getHostAddress();

        assertThat(IpAddress.parse(text)).contains(IpAddress.of(bytes));
        assertThat(IpAddress.of(bytes)).hasToString(text);
    }

    @Property
    void putWritesTheBytesOfTheAddress(@ForAll("mostlyZeros") byte[] bytes) {
        IpAddress address = IpAddress.of(bytes);
        ByteBuffer buffer = ByteBuffer.allocate(16);

        address.put(buffer);

        assertThat(Arrays.copyOf(buffer.array(), buffer.position())).isEqualTo(address.bytes());
    }

    @Property
    void anIpv6AddressReadsTheJdksFormAndItsOwn(@ForAll("mostlyZeros") byte[] bytes)
            throws UnknownHostException {
        IpAddress address = IpAddress.of(bytes);

        assertThat(IpAddress.parse(InetAddress.getByAddress(bytes).getHostAddress()))
                .contains(address);
        assertThat(IpAddress.parse(address.toString())).contains(address);
        assertThat(InetAddress.getByName(address.toString()).getAddress())
                .isEqualTo(InetAddress.getByAddress(bytes).getAddress());
    }

    /**
     * RFC 5952 4.2: the longest run of two or more zero groups is shortened, the first of equals.
     */
    @Property
    void theShortestFormIsChosen(@ForAll("mostlyZeros") byte[] bytes) {
        IpAddress address = IpAddress.of(bytes);
        String text = address.toString();

        assertThat(text)
                .isLowerCase()
                .doesNotContain(":::")
                .doesNotContainPattern("(^|:)0[0-9a-f]");
        if (address.isIpv6()) {
            assertThat(text.length()).isLessThanOrEqualTo(39);
            assertThat(longestZeroRun(text)).isLessThanOrEqualTo(Math.max(1, 8 - groups(text)));
        }
    }

    /**
     * The JDK also takes groups of more than four digits and dotted quads with leading zeros; RFC
     * 4291 2.2 doesn't.
     */
    @Property(tries = 5000)
    void aTextWithColonsIsAnAddressExactlyIfTheJdkParsesIt(
            @ForAll
                    @StringLength(max = 24)
                    @CharRange(from = '0', to = '9')
                    @Chars({':', ':', ':', ':', '.', 'a', 'F', 'g'})
                    String text) {
        String withColon = ":" + text;
        Assume.that(!withColon.matches(".*([0-9a-fA-F]{5}|\\.0[0-9]|:0[0-9]+\\.).*"));

        assertThat(IpAddress.parse(withColon)).isEqualTo(jdk(withColon));
    }

    @Property
    void orderIsNumericAndAgreesWithEquality(
            @ForAll("mostlyZeros") byte[] one, @ForAll("mostlyZeros") byte[] two) {
        IpAddress a = IpAddress.of(one);
        IpAddress b = IpAddress.of(two);

        assertThat(Integer.signum(a.compareTo(b))).isEqualTo(-Integer.signum(b.compareTo(a)));
        assertThat(a.compareTo(b) == 0).isEqualTo(a.equals(b));
        if (a.isIpv6() && b.isIpv6()) {
            assertThat(Integer.signum(a.compareTo(b)))
                    .isEqualTo(Integer.signum(Arrays.compareUnsigned(one, two)));
        }
    }

    private static Optional<IpAddress> jdk(String text) {
        try {
            return Optional.of(IpAddress.of(InetAddress.getByName(text).getAddress()));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    private static int groups(String text) {
        return (int) Arrays.stream(text.split(":")).filter(group -> !group.isEmpty()).count();
    }

    private static int longestZeroRun(String text) {
        int longest = 0;
        int run = 0;
        for (String group : text.split(":")) {
            run = group.equals("0") ? run + 1 : 0;
            longest = Math.max(longest, run);
        }
        return longest;
    }

    @Provide
    Arbitrary<byte[]> mostlyZeros() {
        return Arbitraries.bytes()
                .array(byte[].class)
                .ofSize(16)
                .flatMap(
                        bytes ->
                                Arbitraries.integers()
                                        .between(0, 255)
                                        .map(
                                                mask -> {
                                                    byte[] result = bytes.clone();
                                                    for (int group = 0; group < 8; group++) {
                                                        if ((mask >> group & 1) == 0) {
                                                            result[2 * group] = 0;
                                                            result[2 * group + 1] = 0;
                                                        }
                                                    }
                                                    return result;
                                                }));
    }
}
