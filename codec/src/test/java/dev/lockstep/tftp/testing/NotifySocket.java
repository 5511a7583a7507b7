package dev.lockstep.tftp.testing;

import dev.lockstep.tftp.internal.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The service manager's side of sd_notify(3). Records the received states in order. */
public final class NotifySocket implements AutoCloseable {
    private static final int TIMEOUT_SECONDS = 60;

    private final BlockingQueue<String> arrived = new LinkedBlockingQueue<>();
    private final EventLoopGroup loop = Transport.EPOLL.newGroup(1, "notified");

    /** Binds a socket with the given path. A path that begins with a NUL is in the abstract namespace (unix(7)). */
    public NotifySocket(String path) {
        new Bootstrap()
                .group(loop)
                .channel(EpollDomainDatagramChannel.class)
                .handler(new SimpleChannelInboundHandler<DomainDatagramPacket>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext ctx, DomainDatagramPacket packet) {
                        arrived.add(packet.content().toString(StandardCharsets.UTF_8));
                    }
                })
                .bind(new DomainSocketAddress(path))
                .syncUninterruptibly();
    }

    /** Waits for the next datagram and returns its state. */
    public String next() throws InterruptedException {
        String state = arrived.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        if (state == null) {
            throw new AssertionError("nothing within " + TIMEOUT_SECONDS + " s");
        }
        return state;
    }

    /** Waits for the given state and returns the states received before it. */
    public List<String> until(String state) throws InterruptedException {
        List<String> before = new ArrayList<>();
        String received = next();
        while (!received.equals(state)) {
            before.add(received);
            received = next();
        }
        return before;
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
