package io.meridian.domain.mesos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
    @ParameterizedTest
    @CsvSource({
        "slave(1)@192.0.2.7:5051, 192.0.2.7, 5051",
        "slave(1)@[2001:db8::7]:5051, 2001:db8::7, 5051",
        "slave(1)@agent.example.org:5051, agent.example.org, 5051",
        "'  \"scheduler-1@192.0.2.9:15101\" ', 192.0.2.9, 15101",
        "@192.0.2.7:0, 192.0.2.7, 0",
    })
    void aProcessIdHasHostAndPort(String pid, String host, int port) {
        assertThat(HostPort.ofPid(pid)).contains(new HostPort(host, port));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "slave(1)",
                "192.0.2.7:5051",
                "a@b@192.0.2.7:5051",
                "slave(1)@192.0.2.7",
                "slave(1)@192.0.2.7:",
                "slave(1)@:5051",
                "slave(1)@192.0.2.7:x",
                "slave(1)@192.0.2.7:65536",
                "slave(1)@2001:db8::7:5051",
                "slave(1)@[]:5051",
            })
    void anInvalidTextIsEmpty(String pid) {
        assertThat(HostPort.ofPid(pid)).isEmpty();
    }
}
