package dev.lockstep.tftp.client.internal.connect;

import dev.lockstep.tftp.client.LocalPorts;
import dev.lockstep.tftp.internal.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.ClosedChannelException;
import java.util.function.Consumer;

/** Opens a socket, and so a TID, for each transfer. */
public final class FreshSockets implements ClientSockets {
    private static final InetAddress ANY_IPV4 = NetUtil.createInetAddressFromIpAddressString("0.0.0.0");
    private static final InetAddress ANY_IPV6 = NetUtil.createInetAddressFromIpAddressString("::");

    private final Transport transport;
    private final LocalPorts ports;
    private final ChannelGroup channels;

    /**
     * Creates a source of sockets on the given ports.
     *
     * @param channels the group that each channel belongs to while it is open
     */
    public FreshSockets(Transport transport, LocalPorts ports, ChannelGroup channels) {
        this.transport = transport;
        this.ports = ports;
        this.channels = channels;
    }

    @Override
    public void open(EventLoop loop, Needs needs, Consumer<ChannelPipeline> addHandlers, Consumer<Throwable> failed) {
        InetAddress any = needs.ipv6() ? ANY_IPV6 : ANY_IPV4;
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channelFactory(transport.socketsFor(any))
                .option(ChannelOption.SO_RCVBUF, needs.receiveBuffer())
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channels.add(channel);
                        addHandlers.accept(channel.pipeline());
                    }
                });
        transport.expect(bootstrap, needs.datagram(), needs.bursts());
        bind(bootstrap, any, ports.attempts(), failed, loop);
    }

    private void bind(Bootstrap bootstrap, InetAddress any, int attempts, Consumer<Throwable> failed, EventLoop loop) {
        bootstrap.bind(any, ports.next()).addListener((ChannelFuture bound) -> {
            if (isPortTaken(bound) && attempts > 1) {
                bind(bootstrap, any, attempts - 1, failed, loop);
            } else if (!bound.isSuccess()) {
                loop.execute(() -> failed.accept(bound.cause()));
            }
        });
    }

    /**
     * Returns whether binding failed because the port is in use. A closed channel does not count: the client closes
     * each channel that is opened after its shutdown.
     */
    private static boolean isPortTaken(ChannelFuture bound) {
        return bound.cause() instanceof IOException && !(bound.cause() instanceof ClosedChannelException);
    }

    @Override
    public void close() {
        // the channel group closes the sockets
    }
}
