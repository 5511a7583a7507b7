package dev.lockstep.tftp.codec;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ManyOptionsTest {
    /** One datagram must not hold an event loop up: a listener decodes whatever comes (case 54). */
    @Test
    void case54_a_datagram_full_of_options_is_read_in_no_time() {
        ByteBuf datagram = Unpooled.buffer().writeShort(6);
        for (int first = 'a'; first <= 'z'; first++) {
            for (int second = 1; second < 128; second++) {
                for (int third = 'a'; third <= 'd'; third++) {
                    datagram.writeByte(first).writeByte(second).writeByte(third).writeShort(0);
                }
            }
        }
        assertTimeoutPreemptively(Duration.ofMillis(300), () -> TftpCodec.decode(datagram.slice(0, 65_000)));
    }
}
