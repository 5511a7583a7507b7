package dev.lockstep.tftp.server.internal.service;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.lockstep.tftp.server.internal.logging.LogCapture;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ProbeHandlerTest {
    private static final String HELLO = "Hi, server! I'm client.\n";

    @RegisterExtension
    final LogCapture steps = new LogCapture(Level.DEBUG);

    private final EmbeddedChannel channel = new EmbeddedChannel();

    @BeforeEach
    void a_client_connects() {
        channel.freezeTime();
        ProbeHandler.addTo(channel.pipeline());
        channel.pipeline().fireChannelActive();
    }

    @AfterEach
    void nothing_is_left_in_the_channel() {
        assertThat(channel.finish()).isFalse();
    }

    private void send(String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    }

    private void expectAnswer() {
        ByteBuf answer = channel.readOutbound();
        assertThat(answer.toString(StandardCharsets.UTF_8)).isEqualTo("Hi, client! I'm server.\n");
        answer.release();
    }

    private void advance(long millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void a_line_is_answered_with_a_line_and_a_close_with_a_close() {
        send(HELLO);
        expectAnswer();
        assertThat(channel.isOpen()).isTrue();
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        assertThat(channel.isOpen()).isFalse();
        assertThat(steps.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "[2] Recv: Hi, server! I'm client.", "[3] Send: Hi, client! I'm server.", "[6] Close Socket");
    }

    @Test
    void a_line_may_arrive_byte_by_byte_and_end_with_cr_lf() {
        for (char character : "hello\r\n".toCharArray()) {
            assertThat(channel.<ByteBuf>readOutbound()).isNull();
            send(String.valueOf(character));
        }
        expectAnswer();
        assertThat(steps.list.get(0).getFormattedMessage()).isEqualTo("[2] Recv: hello");
    }

    @Test
    void only_the_first_line_is_answered() {
        send(HELLO + HELLO + HELLO);
        send(HELLO);
        expectAnswer();
    }

    @Test
    void a_silent_connection_is_closed_after_five_seconds() {
        advance(4_999);
        assertThat(channel.isOpen()).isTrue();
        advance(1);
        assertThat(channel.isOpen()).isFalse();
        assertThat(steps.list).isEmpty();
    }

    @Test
    void a_slow_connection_is_closed_after_five_seconds() {
        for (int i = 0; i < 5; i++) {
            assertThat(channel.isOpen()).isTrue();
            send("a");
            advance(1_000);
        }
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void a_connection_that_stays_open_after_the_answer_is_closed_after_five_seconds() {
        send(HELLO);
        expectAnswer();
        advance(5_000);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void a_line_longer_than_256_bytes_closes_the_connection() {
        send("x".repeat(ProbeHandler.LONGEST_LINE));
        assertThat(channel.isOpen()).isTrue();
        send("x");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void a_connection_without_a_line_is_closed_without_a_log_line() {
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        assertThat(channel.isOpen()).isFalse();
        assertThat(steps.list).isEmpty();
    }

    @Test
    void a_reset_is_not_logged() {
        channel.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
        assertThat(channel.isOpen()).isFalse();
        assertThat(steps.list).isEmpty();
    }

    @Test
    void a_client_cannot_inject_log_lines() {
        send("a\r\u001b[2Jb\n");
        expectAnswer();
        assertThat(steps.list.get(0).getFormattedMessage()).isEqualTo("[2] Recv: a\\x0d\\x1b[2Jb");
    }
}
