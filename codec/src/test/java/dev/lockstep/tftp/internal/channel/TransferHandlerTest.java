package dev.lockstep.tftp.internal.channel;

import static dev.lockstep.tftp.testing.Wires.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpDatagramCodec;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.Ack;
import dev.lockstep.tftp.codec.TftpMessage.OptionAck;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.internal.channel.file.SourceChunkReader;
import dev.lockstep.tftp.io.NetasciiSource;
import dev.lockstep.tftp.io.RateLimiter;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.testing.ByteArraySource;
import dev.lockstep.tftp.testing.MemorySink;
import dev.lockstep.tftp.testing.TestBytes;
import io.netty.buffer.ByteBuf;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Tests one transfer on one channel. Blocks of 8 bytes and a negotiated timeout of one second keep the datagrams
 * readable.
 */
class TransferHandlerTest {
    private static final InetSocketAddress HERE = new InetSocketAddress("127.0.0.1", 1000);
    private static final InetSocketAddress PEER = new InetSocketAddress("127.0.0.1", 2000);
    private static final Options REQUESTED = Options.NONE.with("blksize", 8).with("timeout", 1);
    private static final Request READ = new ReadRequest("f", TransferMode.OCTET, REQUESTED);
    private static final Request WRITE = new WriteRequest("f", TransferMode.OCTET, REQUESTED);
    private static final OptionAck OACK = new OptionAck(REQUESTED);
    private static final Object[] OACK_BYTES = {0, 6, "blksize", 0, "8", 0, "timeout", 0, "1", 0};

    private TransferFixture fixture = new TransferFixture();
    private ByteArraySource source = new ByteArraySource(new byte[0]);
    private MemorySink sink = new MemorySink();
    private TransferHandler handler;

    private static TransferSettings settings(int windowsize) {
        return TransferSettings.builder()
                .blksize(8)
                .windowsize(windowsize)
                .timeout(Duration.ofSeconds(1))
                .build();
    }

    private void send(ByteArraySource file, int windowsize, OptionAck oack) {
        source = file;
        NegotiatedTransfer negotiated =
                new NegotiatedTransfer(1, PEER, READ, settings(windowsize), Options.NONE, fixture.now(), 0);
        begin(TransferHandler.sending(fixture.owning(file), negotiated, oack, file));
    }

    private void receive(MemorySink file, int windowsize, TftpMessage opening) {
        sink = file;
        NegotiatedTransfer negotiated =
                new NegotiatedTransfer(1, PEER, WRITE, settings(windowsize), Options.NONE, fixture.now(), 0);
        begin(TransferHandler.receiving(fixture.owning(file), negotiated, opening, file));
    }

    private void begin(TransferHandler transfer) {
        handler = transfer;
        fixture.channel.pipeline().addLast(TftpDatagramCodec.INSTANCE);
        transfer.addTo(fixture.channel.pipeline());
    }

    private void arrive(Object... bytes) {
        ByteBuf datagram = bytes(bytes);
        fixture.channel.writeInbound(new DatagramPacket(datagram, HERE, PEER));
        assertThat(bytes.length > 0 && datagram.refCnt() > 0).isFalse();
        fixture.settle();
    }

    private void expectSent(Object... bytes) {
        ByteBuf sent = fixture.channel.readOutbound();
        assertThat(sent).as("a datagram").isNotNull().isEqualTo(bytes(bytes));
        sent.release();
    }

    private void expectNothing() {
        assertThat(fixture.channel.<Object>readOutbound()).isNull();
    }

    private TransferEvent.Ended expectEnd(Outcome outcome) {
        assertThat(fixture.events)
                .filteredOn(event -> event instanceof TransferEvent.Started)
                .hasSize(1);
        assertThat(fixture.events)
                .filteredOn(event -> event instanceof TransferEvent.Ended)
                .hasSize(1);
        TransferEvent.Ended ended = (TransferEvent.Ended) fixture.events.get(fixture.events.size() - 1);
        assertThat(ended.outcome()).isEqualTo(outcome);
        assertThat(ended.cause() == null).isEqualTo(outcome == Outcome.COMPLETE);
        return ended;
    }

    @AfterEach
    void nothing_is_left() {
        assertFalse(fixture.channel.finish(), "an unexpected datagram");
        fixture.settle();
        fixture.pass(3_600_000);
        assertFalse(fixture.channel.finish());
        assertThat(fixture.budget.used()).isZero();
        assertThat(source.isClosed() || sink.isClosed()).isTrue();
    }

    @Test
    void a_read_from_the_first_block_to_the_last_ack() {
        send(new ByteArraySource("0123456789".getBytes()), 1, null);
        expectNothing(); // not read yet
        fixture.settle();
        expectSent(0, 3, 0, 1, "01234567");
        arrive(0, 4, 0, 1);
        expectSent(0, 3, 0, 2, "89");
        assertThat(fixture.channel.isOpen()).isTrue();
        arrive(0, 4, 0, 2);
        TransferEvent.Ended ended = expectEnd(Outcome.COMPLETE);
        assertThat(ended.stats().bytes()).isEqualTo(10);
        assertThat(ended.stats().blocks()).isEqualTo(2);
        assertThat(ended.stats().resends()).isZero();
        assertThat(fixture.channel.isOpen()).isFalse();
        assertThat(source.isClosed()).isTrue();
    }

    @Test
    void a_read_in_windows_after_an_oack() {
        send(new ByteArraySource("0123456789abcdefXYZ".getBytes()), 2, OACK);
        expectSent(OACK_BYTES);
        fixture.settle();
        expectNothing();
        arrive(0, 4, 0, 0);
        expectSent(0, 3, 0, 1, "01234567");
        expectSent(0, 3, 0, 2, "89abcdef");
        expectNothing();
        arrive(0, 4, 0, 2);
        expectSent(0, 3, 0, 3, "XYZ");
        arrive(0, 4, 0, 3);
        expectEnd(Outcome.COMPLETE);
    }

    @Test
    @Tag("case-15")
    void case15_a_lost_oack_is_retransmitted_unchanged_at_the_timeout() {
        send(new ByteArraySource(new byte[8]), 1, OACK);
        expectSent(OACK_BYTES);
        fixture.settle();
        fixture.pass(999);
        expectNothing();
        fixture.pass(1);
        expectSent(OACK_BYTES);
        fixture.pass(1000);
        expectSent(OACK_BYTES);
        arrive(0, 4, 0, 0);
        expectSent(0, 3, 0, 1, "\0\0\0\0\0\0\0\0");
        arrive(0, 4, 0, 1);
        expectSent(0, 3, 0, 2);
        arrive(0, 4, 0, 2);
        assertThat(expectEnd(Outcome.COMPLETE).stats().resends()).isEqualTo(2);
    }

    @Test
    @Tag("case-5")
    void case05_a_block_is_retransmitted_by_the_timer_and_never_by_a_second_ack() {
        send(new ByteArraySource("01234567rest".getBytes()), 1, null);
        fixture.settle();
        expectSent(0, 3, 0, 1, "01234567");
        arrive(0, 4, 0, 1);
        expectSent(0, 3, 0, 2, "rest");
        arrive(0, 4, 0, 1);
        arrive(0, 4, 0, 1);
        expectNothing();
        fixture.pass(1000);
        expectSent(0, 3, 0, 2, "rest");
        arrive(0, 4, 0, 2);
        expectEnd(Outcome.COMPLETE);
    }

    @Test
    @Tag("case-38")
    void case38_a_block_of_netascii_is_retransmitted_as_the_same_bytes() {
        source = new ByteArraySource("1234567\n89\r".getBytes());
        NegotiatedTransfer negotiated =
                new NegotiatedTransfer(1, PEER, READ, settings(1), Options.NONE, fixture.now(), 0);
        begin(TransferHandler.sending(fixture.owning(source), negotiated, null, new NetasciiSource(source)));
        fixture.settle();
        for (int sends = 0; sends < 3; sends++) {
            expectSent(0, 3, 0, 1, "1234567\r"); // the pair is split here
            fixture.pass(1000);
        }
        expectSent(0, 3, 0, 1, "1234567\r");
        arrive(0, 4, 0, 1);
        expectSent(0, 3, 0, 2, "\n89\r\0");
        fixture.pass(1000);
        expectSent(0, 3, 0, 2, "\n89\r\0");
        arrive(0, 4, 0, 2);
        expectEnd(Outcome.COMPLETE);
    }

    @Test
    @Tag("case-14")
    void case14_without_the_last_ack_the_result_is_unconfirmed_and_no_error_is_sent() {
        send(new ByteArraySource("rest".getBytes()), 1, null);
        fixture.settle();
        int sends = 0;
        for (int second = 0; second < 60; second++) {
            ByteBuf datagram = fixture.channel.readOutbound();
            if (datagram != null) {
                assertThat(datagram).isEqualTo(bytes(0, 3, 0, 1, "rest"));
                datagram.release();
                sends++;
            }
            fixture.pass(1000);
        }
        fixture.settle();
        assertThat(sends).isBetween(25, 31);
        expectEnd(Outcome.UNCONFIRMED);
    }

    @Test
    @Tag("case-49")
    void case49_the_idle_timeout_sends_an_error() {
        send(new ByteArraySource(new byte[100]), 1, null);
        fixture.settle();
        fixture.pass(29_999);
        while (fixture.channel.outboundMessages().size() > 0) {
            expectSent(0, 3, 0, 1, "\0\0\0\0\0\0\0\0");
        }
        fixture.pass(1000);
        expectSent(0, 5, 0, 0, "timed out", 0);
        fixture.settle();
        assertThat(expectEnd(Outcome.FAILED).cause()).hasMessage("timed out");
    }

    @Test
    @Tag("case-F5")
    void f05_a_repeated_request_is_answered_with_the_first_message() {
        send(new ByteArraySource("rest".getBytes()), 1, null);
        handler.onRequestRepeated();
        expectNothing(); // nothing has been read yet
        fixture.settle();
        expectSent(0, 3, 0, 1, "rest");
        handler.onRequestRepeated();
        expectSent(0, 3, 0, 1, "rest");
        arrive(0, 4, 0, 1);
        expectEnd(Outcome.COMPLETE);
    }

    @Test
    void nothing_is_sent_while_the_file_is_not_read_yet() {
        send(new ByteArraySource("0123456789".getBytes()), 1, null);
        fixture.pass(3_600_000);
        expectNothing();
        assertThat(fixture.channel.isOpen()).isTrue();
        fixture.settle();
        expectSent(0, 3, 0, 1, "01234567");
        arrive(0, 4, 0, 1);
        expectSent(0, 3, 0, 2, "89");
        arrive(0, 4, 0, 2);
        expectEnd(Outcome.COMPLETE);
    }

    @Test
    @Tag("case-36")
    void case36_the_failure_of_a_source_is_sent_to_the_peer_with_its_code() {
        IOException failure = new TftpException(ErrorCode.ACCESS_VIOLATION, "no more");
        send(new ByteArraySource(new byte[4]).claiming(Source.UNKNOWN_SIZE).failing(failure), 1, null);
        fixture.settle();
        expectSent(0, 5, 0, 2, "no more", 0);
        assertThat(expectEnd(Outcome.FAILED).cause()).isSameAs(failure);
        assertThat(fixture.channel.isOpen()).isFalse();
    }

    @Test
    @Tag("case-51")
    void case51_a_file_that_became_shorter_ends_in_error_0() {
        send(new ByteArraySource(new byte[4]).claiming(100), 1, null);
        fixture.settle();
        expectSent(0, 5, 0, 0, "file became shorter while it was read", 0);
        expectEnd(Outcome.FAILED);
    }

    @Test
    @Tag("case-18")
    void case18_error_8_after_an_oack_is_a_probe_and_is_not_answered() {
        send(new ByteArraySource(new byte[100]), 1, OACK);
        expectSent(OACK_BYTES);
        fixture.settle();
        arrive(0, 5, 0, 8, "User aborted the transfer", 0);
        expectNothing();
        TransferEvent.Ended ended = expectEnd(Outcome.PROBE);
        assertThat(ended.cause().isFromPeer()).isTrue();
    }

    @Test
    @Tag("case-F4")
    void f04_error_0_in_the_middle_of_a_file_is_no_failure() {
        send(new ByteArraySource(new byte[100]), 1, null);
        fixture.settle();
        expectSent(0, 3, 0, 1, "\0\0\0\0\0\0\0\0");
        arrive(0, 5, 0, 0, "closed", 0);
        expectNothing();
        expectEnd(Outcome.STOPPED);
    }

    @Test
    @Tag("case-50")
    void case50_port_unreachable_ends_the_transfer_at_once() {
        send(new ByteArraySource(new byte[100]), 1, null);
        fixture.settle();
        expectSent(0, 3, 0, 1, "\0\0\0\0\0\0\0\0");
        fixture.channel.pipeline().fireExceptionCaught(new PortUnreachableException());
        fixture.pass(20);
        expectNothing();
        assertThat(expectEnd(Outcome.FAILED).cause()).hasMessageContaining("gone");
    }

    @Test
    void the_last_ack_counts_although_the_socket_reports_port_unreachable_before_it() {
        send(new ByteArraySource("rest".getBytes()), 1, null);
        fixture.settle();
        expectSent(0, 3, 0, 1, "rest");
        fixture.channel.pipeline().fireExceptionCaught(new PortUnreachableException());
        arrive(0, 4, 0, 1);
        fixture.pass(20);
        expectNothing();
        expectEnd(Outcome.COMPLETE);
    }

    @Test
    void a_datagram_that_could_not_be_sent_is_retransmitted() {
        send(new ByteArraySource("rest".getBytes()), 1, null);
        fixture.settle();
        expectSent(0, 3, 0, 1, "rest");
        fixture.channel.pipeline().fireExceptionCaught(new IOException("network is down"));
        expectNothing();
        fixture.pass(1000);
        expectSent(0, 3, 0, 1, "rest");
        arrive(0, 4, 0, 1);
        expectEnd(Outcome.COMPLETE);
    }

    @Test
    @Tag("case-40")
    void case40_malformed_datagrams_are_only_counted() {
        send(new ByteArraySource("rest".getBytes()), 1, null);
        fixture.settle();
        expectSent(0, 3, 0, 1, "rest");
        arrive(0, 4);
        arrive();
        arrive(0, 9, 0, 1);
        expectNothing();
        arrive(0, 4, 0, 1);
        assertThat(expectEnd(Outcome.COMPLETE).stats().malformed()).isEqualTo(3);
    }

    @Test
    void unexpected_messages_do_not_change_a_download() {
        send(new ByteArraySource("rest".getBytes()), 1, null);
        fixture.settle();
        expectSent(0, 3, 0, 1, "rest");
        arrive(0, 3, 0, 1, "data");
        arrive(0, 6, "tsize", 0, "1", 0);
        arrive(0, 1, "f", 0, "octet", 0);
        expectNothing();
        arrive(0, 4, 0, 1);
        expectEnd(Outcome.COMPLETE);
    }

    @Test
    void a_write_from_the_first_ack_to_the_last() {
        receive(new MemorySink(), 1, new Ack(0));
        expectSent(0, 4, 0, 0);
        arrive(0, 3, 0, 1, "01234567");
        expectSent(0, 4, 0, 1);
        arrive(0, 3, 0, 2, "89");
        expectSent(0, 4, 0, 2);
        TransferEvent.Ended ended = expectEnd(Outcome.COMPLETE);
        assertThat(ended.stats().bytes()).isEqualTo(10);
        assertThat(sink.content()).isEqualTo("0123456789".getBytes());
        assertThat(sink.isCommitted()).isTrue();
        assertThat(sink.isClosed()).isTrue();
    }

    @Test
    @Tag("case-13")
    void case13_the_last_ack_is_repeated_while_dallying() {
        receive(new MemorySink(), 1, OACK);
        expectSent(OACK_BYTES);
        arrive(0, 3, 0, 1, "rest");
        expectSent(0, 4, 0, 1);
        expectEnd(Outcome.COMPLETE);
        fixture.pass(1000);
        arrive(0, 3, 0, 1, "rest");
        expectSent(0, 4, 0, 1);
        fixture.pass(1000);
        arrive(0, 3, 0, 1, "rest");
        expectSent(0, 4, 0, 1);
        assertThat(fixture.channel.isOpen()).isTrue();
        fixture.pass(3000);
        assertThat(fixture.channel.isOpen()).isFalse();
        assertThat(sink.content()).isEqualTo("rest".getBytes());
        expectEnd(Outcome.COMPLETE);
    }

    @Test
    @Tag("case-35")
    void case35_the_last_ack_waits_for_the_commit_and_repeated_data_is_not_answered_before() {
        receive(new MemorySink(), 1, new Ack(0));
        expectSent(0, 4, 0, 0);
        Object[] last = {0, 3, 0, 1, "rest"};
        fixture.channel.writeInbound(new DatagramPacket(bytes(last), HERE, PEER));
        fixture.channel.writeInbound(new DatagramPacket(bytes(last), HERE, PEER));
        fixture.pass(5000);
        expectNothing();
        fixture.settle();
        expectSent(0, 4, 0, 1);
        expectEnd(Outcome.COMPLETE);
    }

    @Test
    @Tag("case-35")
    void case35_a_commit_that_fails_is_an_error_instead_of_the_last_ack() {
        receive(
                new MemorySink().failingToCommit(new TftpException(ErrorCode.FILE_EXISTS, "file exists")),
                1,
                new Ack(0));
        expectSent(0, 4, 0, 0);
        arrive(0, 3, 0, 1, "rest");
        expectSent(0, 5, 0, 6, "file exists", 0);
        expectEnd(Outcome.FAILED);
    }

    @Test
    @Tag("case-36")
    void case36_a_full_disk_ends_the_transfer_with_error_3() {
        receive(new MemorySink().failingAfter(0, new TftpException(ErrorCode.DISK_FULL, "disk full")), 1, new Ack(0));
        expectSent(0, 4, 0, 0);
        arrive(0, 3, 0, 1, "rest");
        expectSent(0, 5, 0, 3, "disk full", 0);
        expectEnd(Outcome.FAILED);
        assertThat(sink.isCommitted()).isFalse();
    }

    @Test
    @Tag("case-16")
    void case16_a_repeated_write_request_gets_the_same_oack() {
        receive(new MemorySink(), 1, OACK);
        expectSent(OACK_BYTES);
        handler.onRequestRepeated();
        expectSent(OACK_BYTES);
        fixture.pass(1000);
        expectSent(OACK_BYTES);
        arrive(0, 3, 0, 1);
        expectSent(0, 4, 0, 1);
        expectEnd(Outcome.COMPLETE);
    }

    @Test
    @Tag("case-39")
    void case39_data_longer_than_negotiated_is_error_4_and_not_written() {
        receive(new MemorySink(), 1, new Ack(0));
        expectSent(0, 4, 0, 0);
        arrive(0, 3, 0, 1, "012345678");
        ByteBuf error = fixture.channel.readOutbound();
        assertThat(error.getShort(0)).isEqualTo((short) 5);
        assertThat(error.getShort(2)).isEqualTo((short) 4);
        error.release();
        expectEnd(Outcome.FAILED);
        assertThat(sink.content()).isEmpty();
        assertThat(sink.isCommitted()).isFalse();
    }

    @Test
    @Tag("case-45")
    void case45_a_window_is_acknowledged_once_and_a_short_one_at_once() {
        receive(new MemorySink(), 3, OACK);
        expectSent(OACK_BYTES);
        arrive(0, 3, 0, 1, "01234567");
        arrive(0, 3, 0, 2, "01234567");
        expectNothing();
        arrive(0, 3, 0, 3, "01234567");
        expectSent(0, 4, 0, 3);
        arrive(0, 3, 0, 4, "rest");
        expectSent(0, 4, 0, 4);
        expectEnd(Outcome.COMPLETE);
    }

    @Test
    void a_disk_slower_than_the_peer_delays_the_ack() {
        fixture = new TransferFixture(1);
        assertThat(fixture.budget.tryTake(1, 1)).isEqualTo(1);
        TransferSettings large = TransferSettings.builder()
                .blksize(65_464)
                .timeout(Duration.ofSeconds(1))
                .build();
        NegotiatedTransfer negotiated = new NegotiatedTransfer(1, PEER, WRITE, large, Options.NONE, fixture.now(), 0);
        begin(TransferHandler.receiving(fixture.owning(sink), negotiated, new Ack(0), sink));
        expectSent(0, 4, 0, 0);
        String block = "x".repeat(65_464);
        for (int number = 1; number <= 4; number++) {
            fixture.channel.writeInbound(new DatagramPacket(bytes(0, 3, 0, number, block), HERE, PEER));
            expectSent(0, 4, 0, number);
        }
        fixture.channel.writeInbound(new DatagramPacket(bytes(0, 3, 0, 5, block), HERE, PEER));
        expectNothing(); // a chunk is being written, the queue is full, and the disk makes no progress
        fixture.pass(100_000);
        expectNothing();
        fixture.settle();
        expectSent(0, 4, 0, 5);
        arrive(0, 3, 0, 6);
        expectSent(0, 4, 0, 6);
        expectEnd(Outcome.COMPLETE);
        assertThat(sink.content()).hasSize(5 * 65_464);
        fixture.budget.giveBack(1);
    }

    @Test
    void a_channel_closed_midway_ends_a_read_and_closes_the_file() {
        send(new ByteArraySource(new byte[100]), 1, null);
        fixture.settle();
        expectSent(0, 3, 0, 1, "\0\0\0\0\0\0\0\0");
        fixture.channel.close();
        fixture.settle();
        assertThat(expectEnd(Outcome.FAILED).cause()).hasMessage("closed");
        assertThat(source.isClosed()).isTrue();
    }

    @Test
    void a_channel_closed_midway_ends_a_write_and_commits_nothing() {
        receive(new MemorySink(), 1, new Ack(0));
        expectSent(0, 4, 0, 0);
        arrive(0, 3, 0, 1, "01234567");
        expectSent(0, 4, 0, 1);
        fixture.channel.close();
        fixture.settle();
        assertThat(expectEnd(Outcome.FAILED).cause()).hasMessage("closed");
        assertThat(sink.isClosed()).isTrue();
        assertThat(sink.isCommitted()).isFalse();
    }

    @Test
    void the_file_stays_open() {
        source = new ByteArraySource("rest".getBytes());
        begin(TransferHandler.sending(
                fixture.context(),
                new NegotiatedTransfer(1, PEER, READ, settings(1), Options.NONE, fixture.now(), 0),
                null,
                source));
        fixture.settle();
        expectSent(0, 3, 0, 1, "rest");
        arrive(0, 4, 0, 1);
        expectEnd(Outcome.COMPLETE);
        assertThat(source.isClosed()).isFalse();
        source.close();
    }

    @Test
    @Tag("case-F5")
    void f05_a_replaced_transfer_sends_nothing_more() {
        send(new ByteArraySource(new byte[100]), 1, null);
        fixture.settle();
        expectSent(0, 3, 0, 1, "\0\0\0\0\0\0\0\0");
        handler.replace();
        fixture.settle();
        fixture.pass(60_000);
        expectNothing();
        expectEnd(Outcome.REPLACED);
    }

    @Test
    void a_cancelled_transfer_sends_its_cause_to_the_peer() {
        receive(new MemorySink(), 1, new Ack(0));
        expectSent(0, 4, 0, 0);
        handler.cancel(new TftpException(ErrorCode.NOT_DEFINED, "server is shutting down"));
        expectSent(0, 5, 0, 0, "server is shutting down", 0);
        fixture.settle();
        expectEnd(Outcome.FAILED);
        handler.cancel(new TftpException(ErrorCode.NOT_DEFINED, "again"));
        expectNothing();
    }

    @Test
    void an_exception_of_a_listener_affects_no_transfer_and_no_other_listener() {
        source = new ByteArraySource("rest".getBytes());
        List<Throwable> uncaught = new ArrayList<>();
        Thread.currentThread().setUncaughtExceptionHandler((thread, failure) -> uncaught.add(failure));
        TransferListener throwing = event -> {
            throw new IllegalStateException("listener");
        };
        TransferContext context = fixture.context()
                .withListener(TransferListener.all(
                        List.of(throwing, fixture.owning(source).listener())));
        NegotiatedTransfer negotiated =
                new NegotiatedTransfer(1, PEER, READ, settings(1), Options.NONE, fixture.now(), 0);
        begin(TransferHandler.sending(context, negotiated, null, source));
        fixture.settle();
        expectSent(0, 3, 0, 1, "rest");
        arrive(0, 4, 0, 1);
        Thread.currentThread().setUncaughtExceptionHandler(null);
        expectEnd(Outcome.COMPLETE);
        assertThat(uncaught).hasSize(2);
        assertThat(fixture.channel.isOpen()).isFalse();
    }

    @Test
    void progress_is_reported_once_per_step() {
        source = new ByteArraySource(TestBytes.random(100));
        TransferContext all = fixture.owning(source);
        TransferContext context = new TransferContext(
                all.limits(),
                all.io(),
                all.budget(),
                all.allocator(),
                false,
                all.listener(),
                40,
                RateLimiter.UNLIMITED,
                SourceChunkReader::new);
        begin(TransferHandler.sending(
                context,
                new NegotiatedTransfer(1, PEER, READ, settings(1), Options.NONE, fixture.now(), 0),
                null,
                source));
        fixture.settle();
        for (int block = 1; block <= 13; block++) {
            fixture.channel.<ByteBuf>readOutbound().release();
            arrive(0, 4, 0, block);
        }
        assertThat(fixture.events)
                .filteredOn(event -> event instanceof TransferEvent.Progressed)
                .hasSize(2);
        expectEnd(Outcome.COMPLETE);
    }
}
