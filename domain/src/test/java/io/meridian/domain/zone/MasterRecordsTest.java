package io.meridian.domain.zone;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Arrays;
import java.util.stream.Collectors;

class MasterRecordsTest {
    /**
     * All combinations of a leader and a list of masters. Masters are {@code 192.0.2.N:5050} or
     * {@code [2001:db8::N]:5050}, written N and vN here; {@code !} is an invalid text.
     */
    @ParameterizedTest(name = "leader {0}, masters {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                // no leader that can be reached: no names
                "''    | ''      | ''",
                "''    | 1 2     | ''",
                "@     | 1       | ''",
                "x@    | 1       | ''",
                "x@!   | 1 2     | ''",
                // the leader alone, listed or not
                "x@1   | ''      | leader=1 master=1 master0=1",
                "x@1   | 1       | leader=1 master=1 master0=1",
                "x@v1  | v1      | leader=v1 master=v1 master0=v1",
                // the leader's place in the list
                "x@1   | 1 2 3   | leader=1 master=1,2,3 master0=1 master1=2 master2=3",
                "x@2   | 1 2 3   | leader=2 master=2,1,3 master0=1 master1=2 master2=3",
                "x@3   | 1 2 3   | leader=3 master=3,1,2 master0=1 master1=2 master2=3",
                "x@4   | 1 2 3   | leader=4 master=4,1,2,3 master0=1 master1=2 master2=3 master3=4",
                // a repeated or unreadable entry does not count
                "x@1   | 1 1 2   | leader=1 master=1,2 master0=1 master1=2",
                "x@2   | 1 1 2 2 | leader=2 master=2,1 master0=1 master1=2",
                "x@1   | ! 1 2   | leader=1 master=1,2 master0=1 master1=2",
                "x@3   | ! 1 ! 2 | leader=3 master=3,1,2 master0=1 master1=2 master2=3",
                // both families
                "x@1   | v1 1 v2 | leader=1 master=1,v1,v2 master0=v1 master1=1 master2=v2",
            })
    void theLeaderIsNamedAndMastersAreCounted(String leader, String masters, String names) {
        MasterRecords records =
                MasterRecords.of(
                        text(leader),
                        Arrays.stream(masters.split(" "))
                                .filter(one -> !one.isEmpty())
                                .map(MasterRecordsTest::text)
                                .toList());

        assertThat(
                        records.names().entrySet().stream()
                                .map(
                                        name ->
                                                name.getKey()
                                                        + "="
                                                        + name.getValue().stream()
                                                                .map(Object::toString)
                                                                .collect(Collectors.joining(",")))
                                .collect(Collectors.joining(" ")))
                .isEqualTo(
                        names.replaceAll("v([0-9])(?=[ ,]|$)", "2001:db8::$1")
                                .replaceAll("(?<=[=,])([0-9])(?=[ ,]|$)", "192.0.2.$1"));
        assertThat(records.leaderPort().isPresent()).isEqualTo(!names.isEmpty());
    }

    /** An empty first entry is a leader that is not known yet. */
    @ParameterizedTest
    @CsvSource({"''", "not-an-address:5050", "master.example.org:5050", "192.0.2.9"})
    void aPlaceInTheListThatIsNoAddressIsSkipped(String place) {
        MasterRecords records =
                MasterRecords.of("x@192.0.2.1:5050", java.util.List.of(place, "192.0.2.1:5050"));

        assertThat(records.names().keySet()).containsExactly("leader", "master", "master0");
    }

    @ParameterizedTest
    @CsvSource({"x@leader.example.org:5050", "192.0.2.1:5050", "x@192.0.2.1"})
    void aLeaderThatIsNoAddressWithPortHasNoNames(String leader) {
        assertThat(MasterRecords.of(leader, java.util.List.of("192.0.2.2:5050")).names()).isEmpty();
    }

    /** Two masters on one address differ by port; the port of the leader's entry decides. */
    @ParameterizedTest
    @CsvSource({
        "x@192.0.2.1:5050, 192.0.2.1:5051, master0",
        "x@192.0.2.1:5050, 192.0.2.1:5050, master0"
    })
    void oneAddressIsOneMaster(String leader, String master, String last) {
        MasterRecords records = MasterRecords.of(leader, java.util.List.of(master));

        assertThat(records.names().lastKey()).isEqualTo(last);
        assertThat(records.leaderPort()).hasValue(5050);
    }

    private static String text(String shorthand) {
        return shorthand
                .replaceAll("v([0-9])$", "[2001:db8::$1]:5050")
                .replaceAll("(?<=^|@)([0-9])$", "192.0.2.$1:5050");
    }
}
