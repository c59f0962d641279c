package io.meridian.system;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process in a host's namespace that delays the packets routed through it. It keeps the order of
 * packets to one address, and sends them by the host's own link. A TUN device without offloads gets
 * the packets from the kernel, so they are complete and have checksums. When the process ends,
 * device and routes vanish, and the kernel sends by the link again.
 */
final class PacketDelay implements AutoCloseable {
    static final String DEVICE = "delay0";
    static final String PYTHON = "/usr/bin/python3";

    private static final String PROGRAM =
            """
            import fcntl, heapq, os, random, select, socket, struct, sys, time

            TUNSETIFF, TUNSETOFFLOAD, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x400454D0, 1, 0x1000
            device, link, delay, jitter = *sys.argv[1:3], *map(float, sys.argv[3:5])
            tun = os.open("/dev/net/tun", os.O_RDWR)
            fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", device.encode(), IFF_TUN | IFF_NO_PI))
            fcntl.ioctl(tun, TUNSETOFFLOAD, 0)
            out = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
            out.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, link.encode())
            held, last, count = [], {}, 0

            def release(until):
                while held and held[0][0] <= until:
                    packet = heapq.heappop(held)[2]
                    try:
                        out.sendto(packet, (socket.inet_ntoa(packet[16:20]), 0))
                    except OSError:
                        pass  # lost, as on any network; also what a firewall rule forbids

            print("ready", flush=True)
            while True:
                now = time.monotonic()
                release(now)
                ready = select.select([tun, 0], [], [], held[0][0] - now if held else None)[0]
                if 0 in ready and not os.read(0, 1):
                    break
                if tun in ready:
                    packet = os.read(tun, 65536)
                    if packet[0] >> 4 == 4:
                        count += 1
                        to = packet[16:20]
                        due = time.monotonic() + delay + random.uniform(-jitter, jitter)
                        last[to] = max(due, last.get(to, due))
                        heapq.heappush(held, (last[to], count, packet))
            release(float("inf"))
            print(count, flush=True)
            """;

    private final Process process;
    private final BufferedReader said;

    /**
     * Creates the device; no packet is routed to it yet.
     *
     * @param link device that sends the delayed packets
     * @param jitter largest deviation from {@code delay}, uniformly distributed
     */
    PacketDelay(Site host, String link, Duration delay, Duration jitter) throws IOException {
        List<String> command = new ArrayList<>(host.prefix());
        command.addAll(List.of(PYTHON, "-c", PROGRAM, DEVICE, link));
        command.addAll(List.of(seconds(delay), seconds(jitter)));
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        said = process.inputReader(StandardCharsets.UTF_8);
        String first = said.readLine();
        if (!"ready".equals(first)) {
            process.destroyForcibly();
            throw new IOException(
                    "packets of " + host.name() + " can't be delayed: " + first + rest());
        }
    }

    private static String seconds(Duration duration) {
        return Double.toString(duration.toMillis() / 1000.0);
    }

    private String rest() {
        return "\n" + String.join("\n", said.lines().toList());
    }

    /** Whether the process still runs. */
    boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Ends the process after it has sent the packets that it holds.
     *
     * @return number of packets that it has delayed in all
     */
    long end() throws IOException, InterruptedException {
        process.getOutputStream().close();
        String last = said.readLine();
        if (last == null || !process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("the packet delay process failed: " + last + rest());
        }
        return Long.parseLong(last);
    }

    /** Ends the process at once; packets that it holds are lost. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
