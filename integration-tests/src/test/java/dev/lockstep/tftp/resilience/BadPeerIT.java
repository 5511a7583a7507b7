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

/** Somebody misbehaves after every block of a good transfer, which sees each of its messages once and no other. */
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
    void a_good_download_beside_it_is_untouched(MisbehavingPeer mischief) {
        try (RawSocketPeer good = new RawSocketPeer()) {
            good.ask(daemon.address(), rrq(FILE, "timeout", "255"));
            good.expectOack();
            good.send(ack(0));
            for (int n = 1; n <= BLOCKS; n++) {
                good.expect(data(n, block(CONTENT, n, 512)));
                disturb(mischief, good, n);
                good.send(ack(n));
            }
            good.expectSilence();
            good.talkTo(null);
        }
        assertThat(daemon.fetch(FILE)).isEqualTo(CONTENT);
    }

    @ParameterizedTest
    @EnumSource
    void a_good_upload_beside_it_is_untouched(MisbehavingPeer mischief) {
        String name = "beside-" + mischief;
        try (RawSocketPeer good = new RawSocketPeer()) {
            good.ask(daemon.address(), wrq(name, "timeout", "255"));
            good.expectOack();
            for (int n = 1; n <= BLOCKS; n++) {
                disturb(mischief, good, n);
                good.send(data(n, block(CONTENT, n, 512)));
                good.expect(ack(n));
            }
            good.expectSilence();
            good.talkTo(null);
        }
        assertThat(root.resolve(name)).hasBinaryContent(CONTENT);
    }

    private static void disturb(MisbehavingPeer mischief, RawSocketPeer good, int block) {
        try (RawSocketPeer stranger = new RawSocketPeer()) {
            mischief.to(stranger, daemon.address(), good.peer(), block);
            stranger.talkTo(null);
        }
    }
}
