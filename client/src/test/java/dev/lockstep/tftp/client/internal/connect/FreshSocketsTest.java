package dev.lockstep.tftp.client.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.client.LocalPorts;
import dev.lockstep.tftp.internal.transport.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FreshSocketsTest {
    @Test
    void a_closed_client_does_not_try_further_ports() throws Exception {
        Transport transport = Transport.best();
        EventLoopGroup loops = transport.newGroup(1, "tftp");
        ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
        channels.close();
        AtomicInteger attempts = new AtomicInteger();
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        new FreshSockets(transport, LocalPorts.roundRobin(40_000, 40_099), channels)
                .open(
                        loops.next(),
                        new ClientSockets.Needs(false, 1000, 1500, false),
                        pipeline -> attempts.incrementAndGet(),
                        failure::complete);
        assertThat(failure.get(30, TimeUnit.SECONDS)).isInstanceOf(ClosedChannelException.class);
        assertThat(attempts).hasValue(1);
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }
}
