package dev.lockstep.tftp.server.internal.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.testing.Counted;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NatWarningTest {
    private static final Request REQUEST = new ReadRequest("a\nb", TransferMode.OCTET, Options.NONE);
    private static final TftpException UNREACHABLE =
            new TftpException(ErrorCode.NOT_DEFINED, "peer is gone", new PortUnreachableException());

    @RegisterExtension
    final LogCapture lines = new LogCapture(Level.INFO);

    private long now;

    private NatWarning warning(PortMode mode) {
        return new NatWarning(peer -> mode, () -> now);
    }

    private static InetSocketAddress peer(int port) {
        return new InetSocketAddress("192.0.2.7", port);
    }

    private static void ends(NatWarning warning, int port, TftpException cause) {
        warning.on(new TransferEvent.Ended(
                1,
                peer(port),
                REQUEST,
                TransferSettings.PLAIN,
                Counted.ofOackInVain(TransferSettings.PLAIN, 1),
                Outcome.PROBE,
                cause));
    }

    private static void asks(NatWarning warning, int port, String name) {
        warning.on(new TransferEvent.Requested(2, peer(port), new ReadRequest(name, TransferMode.OCTET, Options.NONE)));
    }

    @Test
    void the_same_request_after_an_unreachable_port_is_warned_of_once() {
        NatWarning warning = warning(PortMode.EPHEMERAL);
        ends(warning, 1024, UNREACHABLE);
        asks(warning, 1024, "a\nb");
        ends(warning, 1025, UNREACHABLE);
        asks(warning, 1025, "a\nb");
        assertThat(lines.list).singleElement().satisfies(line -> {
            assertThat(line.getLevel()).isEqualTo(Level.WARN);
            assertThat(line.getFormattedMessage())
                    .startsWith("192.0.2.7:1024 requests a\\x0ab again after its port was reported as unreachable")
                    .contains("--single-port");
        });
    }

    @Test
    void other_requests_and_other_ends_are_no_evidence() {
        NatWarning warning = warning(PortMode.EPHEMERAL);
        ends(warning, 1024, UNREACHABLE);
        asks(warning, 1024, "another");
        asks(warning, 1025, "a\nb");
        ends(warning, 1026, new TftpException(ErrorCode.NOT_DEFINED, "timed out"));
        asks(warning, 1026, "a\nb");
        now += TimeUnit.SECONDS.toNanos(61);
        asks(warning, 1024, "a\nb");
        NatWarning single = warning(PortMode.SINGLE);
        ends(single, 1024, UNREACHABLE);
        asks(single, 1024, "a\nb");
        assertThat(lines.list).isEmpty();
    }
}
