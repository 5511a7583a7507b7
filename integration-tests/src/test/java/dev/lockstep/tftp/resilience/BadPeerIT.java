package dev.lockstep.tftp.resilience;

import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.block;
import static dev.lockstep.tftp.harness.Bytes.data;
import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.Bytes.rrq;
import static dev.lockstep.tftp.harness.Bytes.wrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.RawSocketPeer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs a misbehaving peer after every block of a valid transfer, which receives each of its messages exactly once and no others. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class BadPeerIT {
    static final String FILE = "file";

    private static final byte[] CONTENT = pattern(10 * 512 + 100);
    private static final int BLOCKS = 11;

    @TempDir
    private static Path root;

    private static Daemon daemon;

    @BeforeAll
    static void serve() throws IOException {
        Files.write(root.resolve(FILE), CONTENT);
        daemon = Daemon.serving(root, "--writable");
    }

    @AfterAll
    static void stop() {
        daemon.close();
    }

    @ParameterizedTest
    @EnumSource
    void a_concurrent_download_is_not_affected(MisbehavingPeer misbehaviour) {
        try (RawSocketPeer good = new RawSocketPeer()) {
            good.ask(daemon.address(), rrq(FILE, "timeout", "255"));
            good.expectOack();
            good.send(ack(0));
            for (int n = 1; n <= BLOCKS; n++) {
                good.expect(data(n, block(CONTENT, n, 512)));
                disturb(misbehaviour, good, n);
                good.send(ack(n));
            }
            good.expectSilence();
            good.talkTo(null);
        }
        assertThat(daemon.fetch(FILE)).isEqualTo(CONTENT);
    }

    @ParameterizedTest
    @EnumSource
    void a_concurrent_upload_is_not_affected(MisbehavingPeer misbehaviour) {
        String name = "beside-" + misbehaviour;
        try (RawSocketPeer good = new RawSocketPeer()) {
            good.ask(daemon.address(), wrq(name, "timeout", "255"));
            good.expectOack();
            for (int n = 1; n <= BLOCKS; n++) {
                disturb(misbehaviour, good, n);
                good.send(data(n, block(CONTENT, n, 512)));
                good.expect(ack(n));
            }
            good.expectSilence();
            good.talkTo(null);
        }
        assertThat(root.resolve(name)).hasBinaryContent(CONTENT);
    }

    private static void disturb(MisbehavingPeer misbehaviour, RawSocketPeer good, int block) {
        try (RawSocketPeer socket = new RawSocketPeer()) {
            misbehaviour.to(socket, daemon.address(), good.peer(), block);
            socket.talkTo(null);
        }
    }
}
