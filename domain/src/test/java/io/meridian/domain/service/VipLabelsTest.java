package io.meridian.domain.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.Protocol;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Map;
import java.util.Optional;

class VipLabelsTest {
    private static final VipLabels BARE = VipLabels.ofTask(Map.of());

    @ParameterizedTest
    @CsvSource({
        "VIP_0, true",
        "vip_0, true",
        "VIP, true",
        "VIPER, true",
        "vip:x, true",
        "Vip_0, false",
        "vIP_0, false",
        "MY_VIP_0, false",
        "MERIDIAN_VIP_0, false",
        "MERIDIAN_VIP_0_SCHEDULER, false",
    })
    void aKeyThatStartsWithVipInOneOfTwoSpellingsIsAVip(String key, boolean vip) {
        assertThat(BARE.ofPort(Map.of(key, "/web:80")).vips())
                .isEqualTo(vip ? List.of(LabelledVip.of("/web:80")) : List.of());
    }

    @ParameterizedTest
    @CsvSource({"Vip_0", "vIP_0", "ViP"})
    void aKeyInAnotherSpellingIsRefused(String key) {
        assertThat(BARE.ofPort(Map.of(key, "/web:80", "VIP_1", "b:1")).refusals())
                .containsExactly(
                        new VipLabels.Refusal(
                                key,
                                "\"/web:80\" has a key that starts with neither VIP nor vip; this"
                                        + " VIP is not created, others are"));
    }

    @ParameterizedTest
    @CsvSource({
        "VIP_0, /web:80, true",
        "vip_12, /web:80, true",
        "VIP, /web:80, true",
        "Vip0, /web:80, true",
        "VIPER, /web:80, false",
        "VIP, x, false",
    })
    void aPortsLabelOnTheTaskIsRefused(String key, String value, boolean refused) {
        VipLabels task = VipLabels.ofTask(Map.of(key, value, "vip_port0", "tcp://b:1"));

        assertThat(task.ofHostPorts()).containsOnlyKeys(0);
        assertThat(task.refusals(1))
                .isEqualTo(
                        refused
                                ? List.of(
                                        new VipLabels.Refusal(
                                                key,
                                                "\"/web:80\" is on the task, where it has no"
                                                    + " effect; a VIP label belongs to the labels"
                                                    + " of a port, and vip_port0 to those of the"
                                                    + " task"))
                                : List.of());
    }

    @Test
    void vipsAreSortedByKey() {
        assertThat(BARE.ofPort(Map.of("VIP_1", "b:1", "VIP_0", "a:1", "vip_x", "c:1")).vips())
                .extracting(LabelledVip::value)
                .containsExactly("a:1", "b:1", "c:1");
    }

    @ParameterizedTest
    @CsvSource({
        "MERIDIAN_VIP_0_SCHEDULER, RR, scheduler=rr",
        "meridian_vip_0_scheduler, mh, scheduler=mh",
        "MERIDIAN_VIP_SCHEDULER, sh, scheduler=sh",
        "MERIDIAN_VIP_0_AFFINITY, 300, affinity=300",
        "MERIDIAN_VIP_0_AFFINITY, 300s, affinity=300",
        "MERIDIAN_VIP_0_AFFINITY, 5m, affinity=300",
        "MERIDIAN_VIP_0_AFFINITY, 24h, affinity=86400",
        "MERIDIAN_VIP_0_AFFINITY, 0, affinity=0",
        "MERIDIAN_VIP_0_DRAIN, 2m, drain=120",
        "MERIDIAN_VIP_0_SLOW_START, 30s, slow-start=30",
        "MERIDIAN_VIP_0_CLIENT_ADDRESS, keep, client-address=keep",
        "MERIDIAN_VIP_0_CLIENT_ADDRESS, ' Hide ', client-address=hide",
    })
    void eachOptionIsReadBesideItsVip(String key, String value, String options) {
        VipLabels.OfPort port = BARE.ofPort(Map.of("VIP_0", "/web:80", key, value));

        assertThat(port.refusals()).isEmpty();
        assertThat(port.vips())
                .containsExactly(
                        new LabelledVip("/web:80", Optional.empty(), 1, VipOptions.parse(options)));
    }

    @Test
    void aWeightIsReadBesideItsVip() {
        assertThat(BARE.ofPort(Map.of("VIP_0", "a:1", "MERIDIAN_VIP_0_WEIGHT", "100")).vips())
                .extracting(LabelledVip::weight)
                .containsExactly(100);
    }

    @ParameterizedTest
    @CsvSource({
        "MERIDIAN_VIP_0_SCHEDULER, fastest, 'is not one of rr, wrr, lc, wlc, sh, mh'",
        "MERIDIAN_VIP_0_SCHEDULER, '', 'is not one of rr, wrr, lc, wlc, sh, mh'",
        "MERIDIAN_VIP_0_AFFINITY, 25h, 'is not a time from 0 to 24h, such as 90s, 5m or 1h'",
        "MERIDIAN_VIP_0_AFFINITY, -5s, 'is not a time from 0 to 24h, such as 90s, 5m or 1h'",
        "MERIDIAN_VIP_0_AFFINITY, 5 m, 'is not a time from 0 to 24h, such as 90s, 5m or 1h'",
        "MERIDIAN_VIP_0_DRAIN, 1d, 'is not a time from 0 to 24h, such as 90s, 5m or 1h'",
        "MERIDIAN_VIP_0_DRAIN, 99999999999h, 'is not a time from 0 to 24h, such as 90s, 5m or 1h'",
        "MERIDIAN_VIP_0_SLOW_START, soon, 'is not a time from 0 to 24h, such as 90s, 5m or 1h'",
        "MERIDIAN_VIP_0_CLIENT_ADDRESS, yes, 'is not keep or hide'",
        "MERIDIAN_VIP_0_WEIGHT, 0, 'is not a whole number from 1 to 100'",
        "MERIDIAN_VIP_0_WEIGHT, 101, 'is not a whole number from 1 to 100'",
        "MERIDIAN_VIP_0_WEIGHT, 1.5, 'is not a whole number from 1 to 100'",
    })
    void aValueThatCannotBeReadIsRefusedAndTheVipIsCreated(String key, String value, String why) {
        VipLabels.OfPort port =
                BARE.ofPort(Map.of("VIP_0", "/web:80", key, value, "MERIDIAN_VIP_DRAIN", "7"));

        assertThat(port.refusals())
                .filteredOn(refusal -> refusal.key().equals(key))
                .containsExactly(
                        new VipLabels.Refusal(
                                key,
                                "\""
                                        + value
                                        + "\" "
                                        + why
                                        + "; the VIP is created without this option"));
        assertThat(port.vips())
                .as("readable options apply, and unreadable ones are refused")
                .extracting(LabelledVip::options)
                .containsExactly(
                        VipOptions.parse("drain=7")
                                .withRefused(
                                        List.of(
                                                "label "
                                                        + key
                                                        + "=\""
                                                        + value
                                                        + "\" "
                                                        + why
                                                        + "; the VIP is created without this"
                                                        + " option")));
    }

    @Test
    void anOptionThatDoesNotExistIsRefused() {
        assertThat(BARE.ofPort(Map.of("VIP_0", "a:1", "MERIDIAN_VIP_0_COLOUR", "red")).refusals())
                .containsExactly(
                        new VipLabels.Refusal(
                                "MERIDIAN_VIP_0_COLOUR",
                                "\"red\" is none of the options SCHEDULER, AFFINITY, DRAIN,"
                                        + " SLOW_START, CLIENT_ADDRESS, WEIGHT; it is ignored"));
    }

    @Test
    void aRefusedOptionIsShownAtEveryVipThatItMayConcern() {
        VipLabels app =
                VipLabels.ofTask(
                        Map.of(
                                "vip_port0", "tcp://c:1",
                                "MERIDIAN_VIP_DRAIN", "soon",
                                "MERIDIAN_VIP_PORT0_WEIGHT", "0"));
        VipLabels.OfPort port =
                app.ofPort(
                        Map.of(
                                "VIP_0", "a:1",
                                "VIP_1", "b:1",
                                "MERIDIAN_VIP_1_AFFINITY", "25h",
                                "MERIDIAN_VIP_2_SCHEDULER", "rr",
                                "MERIDIAN_VIP_0_COLOUR", "red"));

        assertThat(port.vips())
                .extracting(VipLabelsTest::refusedKeys)
                .containsExactly(
                        List.of(
                                "MERIDIAN_VIP_0_COLOUR",
                                "MERIDIAN_VIP_2_SCHEDULER",
                                "MERIDIAN_VIP_DRAIN"),
                        List.of(
                                "MERIDIAN_VIP_0_COLOUR",
                                "MERIDIAN_VIP_1_AFFINITY",
                                "MERIDIAN_VIP_2_SCHEDULER",
                                "MERIDIAN_VIP_DRAIN"));
        assertThat(app.ofHostPorts().get(0))
                .extracting(VipLabelsTest::refusedKeys)
                .containsExactly(List.of("MERIDIAN_VIP_DRAIN", "MERIDIAN_VIP_PORT0_WEIGHT"));
    }

    private static List<String> refusedKeys(LabelledVip vip) {
        return vip.options().refused().stream()
                .map(sentence -> sentence.replaceAll("label ([^=]*)=.*", "$1"))
                .toList();
    }

    /** The rows of each task hold the text, and tables and feed write UTF-8. */
    @Test
    void aRefusedValueIsShortenedAtACharacterBoundary() {
        String smile = "\ud83d\ude00";

        assertThat(refused("x".repeat(99) + smile + "y"))
                .startsWith("label MERIDIAN_VIP_0_DRAIN=\"" + "x".repeat(99) + smile + "...\" is");
        assertThat(refused("a\ud83d")).startsWith("label MERIDIAN_VIP_0_DRAIN=\"a?\" is not");
    }

    private static String refused(String drain) {
        return BARE.ofPort(Map.of("VIP_0", "a:1", "MERIDIAN_VIP_0_DRAIN", drain))
                .vips()
                .getFirst()
                .options()
                .refused()
                .getFirst();
    }

    @Test
    void anOptionForAVipOfAnotherPlaceIsRefused() {
        assertThat(BARE.ofPort(Map.of("VIP_0", "a:1", "MERIDIAN_VIP_1_DRAIN", "5")).refusals())
                .containsExactly(
                        new VipLabels.Refusal(
                                "MERIDIAN_VIP_1_DRAIN",
                                "\"5\" is for label VIP_1, which is none of this port; it is"
                                        + " ignored"));
        assertThat(VipLabels.ofTask(Map.of("MERIDIAN_VIP_1_DRAIN", "5")).refusals(9))
                .containsExactly(
                        new VipLabels.Refusal(
                                "MERIDIAN_VIP_1_DRAIN",
                                "\"5\" is for label VIP_1, which is none of this app; on a port it"
                                        + " belongs beside that port's VIP; it is ignored"));
    }

    @Test
    void theMostSpecificOptionWins() {
        VipLabels pod =
                VipLabels.ofTask(
                        Map.of(
                                "MERIDIAN_VIP_SCHEDULER", "rr",
                                "MERIDIAN_VIP_DRAIN", "1",
                                "MERIDIAN_VIP_AFFINITY", "1",
                                "MERIDIAN_VIP_WEIGHT", "1"));
        VipLabels container =
                VipLabels.ofTask(
                        Map.of(
                                "MERIDIAN_VIP_DRAIN", "2",
                                "MERIDIAN_VIP_AFFINITY", "2",
                                "MERIDIAN_VIP_WEIGHT", "2"),
                        pod);

        assertThat(
                        container
                                .ofPort(
                                        Map.of(
                                                "VIP_0", "a:1",
                                                "VIP_1", "b:1",
                                                "MERIDIAN_VIP_AFFINITY", "3",
                                                "MERIDIAN_VIP_WEIGHT", "3",
                                                "MERIDIAN_VIP_1_WEIGHT", "4"))
                                .vips())
                .extracting(LabelledVip::toString)
                .containsExactly(
                        "{weight=3 scheduler=rr affinity=3 drain=2}a:1",
                        "{weight=4 scheduler=rr affinity=3 drain=2}b:1");
    }

    @ParameterizedTest
    @CsvSource({
        "vip_port0, tcp://1.2.3.4:80, 0, TCP, 1.2.3.4:80",
        "vip_PORT1, udp://web:53, 1, UDP, web:53",
        "VIP_PORT12, TCP://fd01:c::1:80, 12, TCP, fd01:c::1:80",
    })
    void aTasksLabelNamesAHostPortAndAProtocol(
            String key, String value, int number, Protocol protocol, String vip) {
        assertThat(VipLabels.ofTask(Map.of(key, value)).ofHostPorts())
                .isEqualTo(
                        Map.of(
                                number,
                                List.of(
                                        new LabelledVip(
                                                vip, Optional.of(protocol), 1, VipOptions.NONE))));
    }

    @ParameterizedTest
    @CsvSource({"vip_port", "vip_portx", "vip_port-1", "vip_port0_x", "xvip_port0"})
    void otherLabelsOfATaskAreNoVips(String key) {
        VipLabels task = VipLabels.ofTask(Map.of(key, "tcp://web:80"));

        assertThat(task.ofHostPorts()).isEmpty();
        assertThat(task.refusals(0)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"web:80", "http://web:80", "tcp:web:80", "''"})
    void aTasksLabelWithoutProtocolIsRefused(String value) {
        VipLabels task = VipLabels.ofTask(Map.of("vip_port0", value, "vip_port1", "tcp://b:1"));

        assertThat(task.ofHostPorts()).containsOnlyKeys(1);
        assertThat(task.refusals(2))
                .containsExactly(
                        new VipLabels.Refusal(
                                "vip_port0",
                                "\""
                                        + value
                                        + "\" does not start with tcp:// or udp://; this VIP is not"
                                        + " created, others are"));
    }

    @Test
    void aHostPortThatATaskLacksIsRefused() {
        VipLabels task = VipLabels.ofTask(Map.of("vip_port2", "tcp://web:80"));

        assertThat(task.refusals(3)).isEmpty();
        assertThat(task.refusals(2))
                .containsExactly(
                        new VipLabels.Refusal(
                                "vip_port2",
                                "\"web:80\" is for host port 2, counted from 0, and there are 2;"
                                        + " this VIP is not created, others are"));
    }

    @Test
    void aTaskLabelMayHaveOptions() {
        assertThat(
                        VipLabels.ofTask(
                                        Map.of(
                                                "vip_PORT0", "tcp://web:80",
                                                "MERIDIAN_VIP_PORT0_SCHEDULER", "rr",
                                                "MERIDIAN_VIP_DRAIN", "5"))
                                .ofHostPorts()
                                .get(0))
                .extracting(LabelledVip::toString)
                .containsExactly("{protocol=tcp scheduler=rr drain=5}web:80");
    }
}
