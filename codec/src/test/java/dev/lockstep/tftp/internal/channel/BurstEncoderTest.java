package dev.lockstep.tftp.internal.channel;

import static dev.lockstep.tftp.testing.Wires.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lockstep.tftp.codec.TftpMessage.Ack;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class BurstEncoderTest {
    private static final InetSocketAddress PEER = new InetSocketAddress("127.0.0.1", 2000);

    private TransferFixture fixture;

    private void encoder(int blksize, int windowsize, boolean segments) {
        fixture = new TransferFixture(new BurstEncoder(PEER, blksize, windowsize, segments));
    }

    private void write(int block, int bytes) {
        byte[] file = new byte[bytes];
        if (bytes > 0) {
            file[0] = (byte) block;
        }
        ByteBuf content = Unpooled.copiedBuffer(file);
        assertThat(fixture.channel.write(new Data(block, content)).isSuccess()).isTrue();
        assertThat(bytes > 0 && content.refCnt() > 0).isFalse();
    }

    /**
     * Expects the next datagram or run of datagrams with the given bytes.
     *
     * @param segment the segment size of a run, or 0 for a single datagram
     */
    private void expect(int segment, Object... bytes) {
        Object sent = fixture.channel.readOutbound();
        if (sent instanceof SegmentedDatagramPacket run) {
            assertThat(run.segmentSize()).isEqualTo(segment);
            assertThat(run.recipient()).isEqualTo(PEER);
            assertThat(run.content()).isEqualTo(bytes(bytes));
        } else {
            assertThat(segment).as("a single datagram").isZero();
            assertThat(sent).isEqualTo(bytes(bytes));
        }
        ReferenceCountUtil.release(sent);
    }

    private static Object[] part(int block, int bytes) {
        Object[] parts = new Object[4 + bytes];
        java.util.Arrays.fill(parts, 0);
        parts[1] = 3;
        parts[3] = block;
        if (bytes > 0) {
            parts[4] = block;
        }
        return parts;
    }

    private static Object[] parts(int first, int last, int bytes) {
        Object[] all = {};
        for (int block = first; block <= last; block++) {
            Object[] part = part(block, bytes);
            Object[] longer = java.util.Arrays.copyOf(all, all.length + part.length);
            System.arraycopy(part, 0, longer, all.length, part.length);
            all = longer;
        }
        return all;
    }

    private void expectNothing() {
        assertThat(fixture.channel.<Object>readOutbound()).isNull();
    }

    @Test
    void nothing_is_sent_before_the_flush() {
        encoder(8, 4, true);
        write(1, 8);
        write(2, 8);
        expectNothing();
        fixture.channel.flush();
        expect(12, parts(1, 2, 8));
        assertFalse(fixture.channel.finish());
    }

    @Test
    void a_single_block_is_a_plain_datagram() {
        encoder(8, 4, true);
        write(1, 8);
        fixture.channel.flush();
        expect(0, part(1, 8));
        assertFalse(fixture.channel.finish());
    }

    @Test
    void a_short_block_is_the_last_of_its_run() {
        encoder(8, 64, true);
        write(1, 8);
        write(2, 8);
        write(3, 5);
        write(1, 8); // a retransmission in the same flush must not follow a short segment
        fixture.channel.flush();
        Object[] run = java.util.Arrays.copyOf(parts(1, 2, 8), 24 + 9);
        System.arraycopy(part(3, 5), 0, run, 24, 9);
        expect(12, run);
        expect(0, part(1, 8));
        assertFalse(fixture.channel.finish());
    }

    @Test
    void an_empty_last_block_is_part_of_the_run() {
        encoder(8, 64, true);
        write(1, 8);
        write(2, 0);
        fixture.channel.flush();
        Object[] run = java.util.Arrays.copyOf(part(1, 8), 16);
        System.arraycopy(part(2, 0), 0, run, 12, 4);
        expect(12, run);
        assertFalse(fixture.channel.finish());
    }

    @Test
    void a_run_has_at_most_64_segments() {
        encoder(8, 1000, true);
        for (int block = 1; block <= 70; block++) {
            write(block, 8);
        }
        fixture.channel.flush();
        expect(12, parts(1, 64, 8));
        expect(12, parts(65, 70, 8));
        assertFalse(fixture.channel.finish());
    }

    @Test
    void a_run_is_no_longer_than_a_datagram() {
        encoder(1428, 64, true);
        for (int block = 1; block <= 50; block++) {
            write(block, 1428);
        }
        fixture.channel.flush();
        expect(1432, parts(1, 45, 1428)); // 45 * 1432 = 64,440 of 65,507 bytes
        expect(1432, parts(46, 50, 1428));
        assertFalse(fixture.channel.finish());
    }

    @Test
    void the_largest_block_is_one_datagram() {
        encoder(65_464, 64, true);
        write(1, 65_464);
        write(2, 65_464);
        fixture.channel.flush();
        expect(0, part(1, 65_464));
        expect(0, part(2, 65_464));
        assertFalse(fixture.channel.finish());
    }

    @Test
    void without_segments_each_block_is_a_datagram() {
        encoder(8, 4, false);
        write(1, 8);
        write(2, 8);
        write(3, 3);
        fixture.channel.flush();
        expect(0, part(1, 8));
        expect(0, part(2, 8));
        expect(0, part(3, 3));
        assertFalse(fixture.channel.finish());
    }

    @Test
    void the_order_of_messages_is_kept() {
        encoder(8, 4, true);
        write(1, 8);
        write(2, 8);
        fixture.channel.write(new Ack(7));
        write(3, 8);
        fixture.channel.flush();
        expect(12, parts(1, 2, 8));
        assertThat(fixture.channel.<Object>readOutbound()).isEqualTo(new Ack(7));
        expect(0, part(3, 8));
        assertFalse(fixture.channel.finish());
    }

    /** Fails runs of segments, as a device without segment offload or a path MTU below the block size does. */
    private void refuseRuns() {
        fixture.channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
                if (msg instanceof SegmentedDatagramPacket) {
                    ReferenceCountUtil.release(msg);
                    promise.setFailure(new IOException("EIO"));
                } else {
                    ctx.write(msg, promise);
                }
            }
        });
    }

    @Test
    void after_a_refused_run_blocks_are_sent_as_single_datagrams() {
        encoder(8, 4, true);
        refuseRuns();
        for (int round = 0; round < 2; round++) {
            write(1, 8);
            write(2, 8);
            write(3, 1);
            fixture.channel.flush();
            expect(0, part(1, 8));
            expect(0, part(2, 8));
            expect(0, part(3, 1));
            expectNothing();
        }
        assertFalse(fixture.channel.finish());
    }

    @Test
    void a_run_that_fails_on_a_closed_channel_is_not_repeated() {
        encoder(8, 4, true);
        write(1, 8);
        write(2, 8);
        fixture.channel.close();
        fixture.channel.flush();
        assertFalse(fixture.channel.finish());
    }

    @Test
    void blocks_that_are_never_flushed_are_released() {
        encoder(8, 4, true);
        write(1, 8);
        fixture.channel.pipeline().remove(BurstEncoder.class);
        assertFalse(fixture.channel.finish());
    }
}
