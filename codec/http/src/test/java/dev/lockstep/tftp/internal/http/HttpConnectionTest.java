package dev.lockstep.tftp.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The deadlines of a connection, in virtual time. */
class HttpConnectionTest {
    private static final String REQUEST = "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private final CompletableFuture<HttpReply> later = new CompletableFuture<>();
    private HttpPort port;
    private EmbeddedChannel channel;

    @BeforeEach
    void connect() throws Exception {
        port = HttpPort.builder()
                .resource("/hello", query -> HttpReply.text("hello"))
                .asyncResource("/later", query -> later)
                .start();
        channel = new EmbeddedChannel() {
            @Override
            protected SocketAddress remoteAddress0() {
                return new InetSocketAddress("127.0.0.1", 2000);
            }
        };
        channel.freezeTime();
        channel.config().setAutoRead(false);
        channel.pipeline().addLast(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel any) {
                HttpConnection.addTo(any.pipeline(), port);
            }
        });
        channel.pipeline().fireChannelActive();
    }

    @AfterEach
    void close() {
        assertThat(channel.finish()).isFalse();
        port.close();
    }

    private void send(String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
    }

    private String received() {
        StringBuilder all = new StringBuilder();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            all.append(part.toString(StandardCharsets.UTF_8));
            part.release();
        }
        return all.toString();
    }

    private void advance(int seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void a_client_that_sends_one_byte_per_second_is_cut_off() {
        for (int i = 0; i < HttpConnection.REQUEST_SECONDS; i++) {
            assertThat(channel.isOpen()).isTrue();
            send(REQUEST.substring(i, i + 1));
            advance(1);
        }

        assertThat(channel.isOpen()).isFalse();
        assertThat(received()).isEmpty();
    }

    @Test
    void a_connection_is_kept_for_the_next_request() {
        send(REQUEST);
        assertThat(received()).endsWith("hello");
        advance(HttpConnection.KEEP_ALIVE_SECONDS - 1);
        send(REQUEST);
        assertThat(received()).endsWith("hello");
        advance(HttpConnection.KEEP_ALIVE_SECONDS - 1);
        send(REQUEST.substring(0, 10));
        assertThat(channel.isOpen()).isTrue();
        advance(1);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void a_reply_that_is_not_complete_in_time_is_given_up() {
        send(REQUEST.replace("hello", "later"));
        advance(HttpConnection.REPLY_SECONDS - 1);
        assertThat(channel.isOpen()).isTrue();
        advance(1);

        assertThat(channel.isOpen()).isFalse();
        later.complete(HttpReply.text("too late"));
        assertThat(received()).isEmpty();
    }

    @Test
    void the_next_request_waits_for_the_reply() {
        send(REQUEST.replace("hello", "later") + REQUEST + REQUEST);
        assertThat(received()).isEmpty();
        later.complete(HttpReply.text("now"));

        assertThat(received()).containsSubsequence("now", "hello", "hello");
    }

    @Test
    void a_request_may_arrive_in_any_parts() {
        for (int i = 0; i < REQUEST.length(); i++) {
            send(REQUEST.substring(i, i + 1));
        }

        assertThat(received()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("hello");
    }
}
