package dev.lockstep.tftp.server.internal.service;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.internal.text.AddressFormat;
import dev.lockstep.tftp.internal.transport.Transport;
import dev.lockstep.tftp.server.ServerLifecycleListener;
import dev.lockstep.tftp.server.TftpServer;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.EventExecutor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notifies the service manager of start, stop, reload and liveness, by datagrams to the socket that is named in the
 * environment (sd_notify(3)). If the manager cannot be reached, logs a warning and continues to serve files.
 */
public final class ServiceNotifier implements ServerLifecycleListener {
    private static final Logger LOG = LoggerFactory.getLogger("tftpd");

    private final String socket;
    private final long watchdogMicros;
    private Channel channel;

    private ServiceNotifier(String socket, long watchdogMicros) {
        this.socket = socket;
        this.watchdogMicros = watchdogMicros;
    }

    /**
     * Returns the notifier for the environment variables {@code NOTIFY_SOCKET}, {@code WATCHDOG_USEC} and {@code
     * WATCHDOG_PID}.
     *
     * @param pid the ID of this process; a watchdog for another process is ignored
     * @return empty if {@code NOTIFY_SOCKET} is not set
     * @throws IllegalArgumentException if {@code WATCHDOG_USEC} is not a number
     */
    public static Optional<ServiceNotifier> of(Map<String, String> environment, long pid) {
        String socket = environment.get("NOTIFY_SOCKET");
        if (socket == null || socket.isEmpty()) {
            return Optional.empty();
        }
        boolean other =
                !environment.getOrDefault("WATCHDOG_PID", Long.toString(pid)).equals(Long.toString(pid));
        return Optional.of(new ServiceNotifier(socket, other ? 0 : micros(environment.get("WATCHDOG_USEC"))));
    }

    private static long micros(String text) {
        try {
            return text == null ? 0 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("WATCHDOG_USEC: " + text + " (expected: microseconds)", e);
        }
    }

    @Override
    public void started(TftpServer server) {
        if (Transport.best() != Transport.EPOLL || !(socket.startsWith("/") || socket.startsWith("@"))) {
            LOG.warn("NOTIFY_SOCKET: {} (expected: the path of a socket, on Linux)", socket);
            return;
        }
        ChannelFuture connected = new Bootstrap()
                .group(server.eventLoops().next())
                .channel(EpollDomainDatagramChannel.class)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(new DomainSocketAddress(socket.startsWith("@") ? "\0" + socket.substring(1) : socket))
                .awaitUninterruptibly();
        if (!connected.isSuccess()) {
            LOG.warn("NOTIFY_SOCKET: {}: {}", socket, connected.cause().getMessage());
            return;
        }
        channel = connected.channel();
        send("READY=1\nSTATUS=Listening on "
                + server.addresses().stream().map(AddressFormat::of).collect(Collectors.joining(", ")));
        if (watchdogMicros > 0) {
            List<EventExecutor> all = new ArrayList<>();
            server.eventLoops().forEach(all::add);
            new Watchdog(all, Math.max(1, watchdogMicros / 2), server::isServing, () -> send("WATCHDOG=1")).start();
        }
    }

    /** Notifies that a reload has started; {@link #reloaded} follows. */
    @ThreadSafe
    public void reloading() {
        send("RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / 1000);
    }

    /** Notifies that a reload has ended, with the new or the previous rules. */
    @ThreadSafe
    public void reloaded() {
        send("READY=1");
    }

    @Override
    public void stopping() {
        send("STOPPING=1");
    }

    private void send(String state) {
        if (channel != null) {
            channel.writeAndFlush(Unpooled.copiedBuffer(state, StandardCharsets.UTF_8));
        }
    }
}
