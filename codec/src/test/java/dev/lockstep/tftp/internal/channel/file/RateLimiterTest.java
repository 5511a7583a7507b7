package dev.lockstep.tftp.internal.channel.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpDatagramCodec;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.Ack;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.internal.channel.NegotiatedTransfer;
import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.internal.channel.TransferFixture;
import dev.lockstep.tftp.internal.channel.TransferHandler;
import dev.lockstep.tftp.io.RateLimiter;
import dev.lockstep.tftp.io.SharedRateLimiter;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.testing.ByteArraySource;
import dev.lockstep.tftp.testing.MemorySink;
import dev.lockstep.tftp.testing.TestBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs complete transfers under virtual time, against a peer that replies at once. */
class RateLimiterTest {
    private static final InetSocketAddress HERE = new InetSocketAddress("127.0.0.1", 1000);
    private static final InetSocketAddress PEER = new InetSocketAddress("127.0.0.1", 2000);
    private static final int BLKSIZE = 1000;

    private final TransferFixture fixture = new TransferFixture(TftpDatagramCodec.INSTANCE);
    private final long begin = fixture.now();
    private long received;
    private long datagrams;

    private TransferContext limitedBy(RateLimiter rateLimiter) {
        return fixture.context().with(TransferLimits.DEFAULT, fixture.pool, rateLimiter);
    }

    private static TransferSettings settings(int windowsize) {
        return TransferSettings.builder()
                .blksize(BLKSIZE)
                .windowsize(windowsize)
                .build();
    }

    private long millis() {
        return TimeUnit.NANOSECONDS.toMillis(fixture.now() - begin);
    }

    private TransferEvent.Ended end() {
        return fixture.events.stream()
                .filter(TransferEvent.Ended.class::isInstance)
                .map(TransferEvent.Ended.class::cast)
                .findFirst()
                .orElse(null);
    }

    private void send(byte[] file, int windowsize, RateLimiter rateLimiter) {
        ReadRequest request = new ReadRequest("f", TransferMode.OCTET, Options.NONE);
        NegotiatedTransfer negotiated =
                new NegotiatedTransfer(1, PEER, request, settings(windowsize), Options.NONE, fixture.now(), 0);
        TransferHandler.sending(limitedBy(rateLimiter), negotiated, null, new ByteArraySource(file))
                .addTo(fixture.channel.pipeline());
        fixture.settle();
    }

    /** Acknowledges each window and the last block. */
    private void acknowledgeDownload(int windowsize) throws Exception {
        for (ByteBuf sent = fixture.channel.readOutbound(); sent != null; sent = fixture.channel.readOutbound()) {
            TftpMessage message = TftpCodec.decode(sent);
            sent.release();
            if (message instanceof Data data) {
                int length = data.content().readableBytes();
                received += length;
                datagrams++;
                data.release();
                if (data.block() % windowsize == 0 || length < BLKSIZE) {
                    arrive(new Ack(data.block()));
                }
            }
        }
    }

    private void arrive(TftpMessage message) {
        ByteBuf datagram = message instanceof Data data
                ? TftpCodec.writeData(data, Unpooled.buffer())
                : TftpCodec.encode(message, fixture.channel.alloc());
        fixture.channel.writeInbound(new DatagramPacket(datagram, HERE, PEER));
        fixture.settle();
    }

    @AfterEach
    void nothing_is_left() {
        fixture.settle();
        fixture.pass(3_600_000);
        assertFalse(fixture.channel.finish());
        assertThat(fixture.budget.used()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"1, 100000", "8, 100000", "64, 100000", "1, 20000", "64, 20000", "64, 2000000"})
    void a_file_is_sent_at_the_rate_without_retransmissions(int windowsize, long rate) throws Exception {
        int size = (int) rate * 2 + 1;
        send(TestBytes.random(size), windowsize, new SharedRateLimiter(rate));
        while (end() == null && millis() < 10_000) {
            acknowledgeDownload(windowsize);
            assertThat(received)
                    .as("bytes after %d ms", millis())
                    .isLessThanOrEqualTo(rate * (millis() + 10) / 1000 + BLKSIZE);
            fixture.pass(1);
        }
        assertThat(end().outcome()).isEqualTo(Outcome.COMPLETE);
        assertThat(end().stats().resends()).isZero();
        assertThat(received).isEqualTo(size);
        assertThat(millis()).isBetween(1_900L, 2_100L);
    }

    @Test
    void a_rate_too_low_for_the_window_does_not_reach_the_idle_timeout() throws Exception {
        send(
                TestBytes.random(64 * BLKSIZE - 1),
                64,
                new SharedRateLimiter(BLKSIZE)); // a window takes 64 s, twice the idle timeout
        while (end() == null && millis() < 100_000) {
            acknowledgeDownload(64);
            fixture.pass(100);
        }
        assertThat(end().outcome()).isEqualTo(Outcome.COMPLETE);
        assertThat(datagrams).isEqualTo(64);
    }

    @Test
    void an_upload_is_acknowledged_at_the_rate() throws Exception {
        MemorySink sink = new MemorySink();
        WriteRequest request = new WriteRequest("f", TransferMode.OCTET, Options.NONE);
        NegotiatedTransfer negotiated =
                new NegotiatedTransfer(1, PEER, request, settings(1), Options.NONE, fixture.now(), 0);
        TransferHandler.receiving(limitedBy(new SharedRateLimiter(50_000)), negotiated, new Ack(0), sink)
                .addTo(fixture.channel.pipeline());
        byte[] file = TestBytes.random(100_001);
        int sent = 0;
        while (end() == null && millis() < 10_000) {
            ByteBuf reply = fixture.channel.readOutbound();
            if (reply != null) {
                Ack ack = (Ack) TftpCodec.decode(reply);
                reply.release();
                assertThat(ack.block()).as("no block is acknowledged twice").isEqualTo(sent);
                int length = Math.min(BLKSIZE, file.length - sent * BLKSIZE);
                arrive(new Data(++sent, Unpooled.copiedBuffer(file, (sent - 1) * BLKSIZE, length)));
            } else {
                fixture.pass(1);
            }
        }
        ByteBuf last = fixture.channel.readOutbound();
        last.release();
        assertThat(end().outcome()).isEqualTo(Outcome.COMPLETE);
        assertThat(sink.content()).isEqualTo(file);
        assertThat(millis()).isBetween(1_900L, 2_100L);
    }

    @Test
    void reservations_of_a_shared_rate_follow_each_other() {
        SharedRateLimiter shared = new SharedRateLimiter(1_000);
        long now = 5_000_000_000L;
        long first = shared.reserve(1_000, now);
        long second = shared.reserve(500, now);
        long third = shared.reserve(500, now);
        assertThat(first).isLessThanOrEqualTo(now);
        assertThat(second - first).isEqualTo(1_000_000_000L);
        assertThat(third - second).isEqualTo(500_000_000L);
    }

    @Test
    void unused_capacity_is_not_accumulated() {
        SharedRateLimiter limit = new SharedRateLimiter(1_000);
        limit.reserve(1_000, 0);
        long much = 60_000_000_000L;
        assertThat(limit.reserve(1_000, much)).isLessThanOrEqualTo(much);
        assertThat(limit.reserve(1_000, much)).isGreaterThan(much + 900_000_000L);
    }

    @Test
    void of_two_rates_the_lower_one_applies() {
        RateLimiter both = new SharedRateLimiter(1_000).and(new SharedRateLimiter(100));
        assertThat(both.reserve(100, 0)).isLessThanOrEqualTo(0);
        assertThat(both.reserve(100, 0)).isBetween(900_000_000L, 1_000_000_000L);
        SharedRateLimiter one = new SharedRateLimiter(1);
        assertThat(one.and(RateLimiter.UNLIMITED)).isSameAs(one);
        assertThat(RateLimiter.UNLIMITED.and(one)).isSameAs(one);
    }

    @Test
    void a_rate_of_0_is_rejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SharedRateLimiter(0))
                .withMessage("rate: 0 (expected: >= 1)");
    }
}
