package dev.lockstep.tftp.internal.http;

import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.internal.text.AddressFormat;
import dev.lockstep.tftp.internal.transport.TcpConnections;
import dev.lockstep.tftp.internal.transport.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * An HTTP port that is read only. It runs on one thread of its own, so that nothing done here delays a transfer. Only
 * {@link AccessRules} decide what is served to whom.
 *
 * <pre>{@code
 * HttpPort port = HttpPort.builder()
 *         .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 9169))
 *         .resource("/healthz", query -> HttpReply.text("ok\n"))
 *         .start();
 * }</pre>
 */
@ThreadSafe
public final class HttpPort implements AutoCloseable {
    /** Limit of connections that are no viewers. A further one closes the oldest. */
    static final int MAX_CONNECTIONS = 64;

    private static final int CLOSE_SECONDS = 1;

    private final AccessRules access;
    private final Map<String, Function<HttpQuery, CompletionStage<HttpReply>>> resources;
    private final Map<String, EventStream> streams = new HashMap<>();
    private final Consumer<Throwable> failures;
    private final EventLoopGroup loops;
    private final EventLoop executor;
    /** The connections that are no viewers. */
    private final TcpConnections connections = new TcpConnections(MAX_CONNECTIONS);

    private Channel listener;

    private HttpPort(Builder builder) {
        access = new AccessRules(new AllowedHosts(builder.hosts), builder.token, builder.open);
        resources = Map.copyOf(builder.resources);
        failures = builder.failures;
        loops = Transport.best().newGroup(1, "http");
        executor = loops.next();
        builder.streams.forEach((path, stream) ->
                streams.put(path, new EventStream(stream.snapshots(), stream.period(), executor, failures)));
    }

    /** Returns a new builder. The address is the loopback address with a free port, if none is set. */
    public static Builder builder() {
        return new Builder();
    }

    private record Stream(Supplier<String> snapshots, Duration period) {}

    /** Collects the settings of a port. */
    public static final class Builder {
        private InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        private byte[] token;
        private final Set<String> hosts = new HashSet<>();
        private final Map<String, Predicate<InetAddress>> open = new HashMap<>();
        private final Map<String, Function<HttpQuery, CompletionStage<HttpReply>>> resources = new HashMap<>();
        private final Map<String, Stream> streams = new HashMap<>();
        private Consumer<Throwable> failures = failure -> {};

        private Builder() {}

        /** Sets the address to listen on; port 0 takes a free one. Any address but loopback needs a token. */
        public Builder address(InetSocketAddress address) {
            this.address = address;
            return this;
        }

        /** Sets the token that requests need: as Bearer token, or as the password of any user. Null needs none. */
        public Builder token(byte[] token) {
            this.token = token == null ? null : token.clone();
            return this;
        }

        /**
         * Adds names and literal addresses that the Host header may have. Loopback addresses, {@code localhost}, and the
         * address to listen on, unless it is a wildcard, are allowed anyway.
         *
         * @throws IllegalArgumentException if one is neither a name nor an address, or has a port
         */
        public Builder allowedHosts(Set<String> names) {
            hosts.addAll(names);
            new AllowedHosts(hosts);
            return this;
        }

        /** Adds a path. */
        public Builder resource(String path, HttpResource resource) {
            return asyncResource(path, query -> CompletableFuture.completedFuture(resource.get(query)));
        }

        /**
         * Adds a path whose replies are completed on any thread, within seconds.
         *
         * @param resource called on the thread of the HTTP port; an exception is answered with status 500
         */
        public Builder asyncResource(String path, Function<HttpQuery, CompletionStage<HttpReply>> resource) {
            resources.put(path, resource);
            return this;
        }

        /** Serves a path without the token to these addresses. */
        public Builder withoutToken(String path, Predicate<InetAddress> clients) {
            open.put(path, clients);
            return this;
        }

        /**
         * Adds a path that sends server-sent events. The text is made once for all viewers, on the thread of the port,
         * and only while there are any.
         *
         * @param period the time between two events
         */
        public Builder events(String path, Supplier<String> text, Duration period) {
            streams.put(path, new Stream(text, period));
            return this;
        }

        /** Sets what is called on the thread of the port if a resource throws an exception. */
        public Builder failures(Consumer<Throwable> failures) {
            this.failures = failures;
            return this;
        }

        /**
         * Binds the address and starts the thread of the port.
         *
         * @throws IllegalArgumentException if the address needs a token and there is none
         * @throws IOException if the address cannot be bound
         */
        @Blocking
        public HttpPort start() throws IOException {
            InetAddress ip = address.getAddress();
            if (!ip.isLoopbackAddress() && token == null) {
                throw new IllegalArgumentException(
                        AddressFormat.of(address) + " (expected: a token, or a loopback address)");
            }
            if (!ip.isAnyLocalAddress()) {
                hosts.add(AddressFormat.of(ip));
            }
            HttpPort port = new HttpPort(this);
            try {
                port.bind(address);
                return port;
            } catch (IOException | RuntimeException e) {
                port.close();
                throw e;
            }
        }
    }

    private void bind(InetSocketAddress address) throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops, loops)
                .channelFactory(Transport.best().serverSocketsFor(address.getAddress()))
                .childOption(ChannelOption.AUTO_READ, false)
                // not writable while anything is queued: at most one event for each viewer
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(1, 1))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.add(channel);
                        HttpConnection.addTo(channel.pipeline(), HttpPort.this);
                    }
                });
        listener = TcpConnections.bind(bootstrap, address, "HTTP port");
    }

    /** Removes a connection that has become a viewer from those that may be closed in favour of others. */
    void streaming(Channel channel) {
        connections.remove(channel);
    }

    AccessRules access() {
        return access;
    }

    /** Returns the events of a path, or null if it has none. */
    EventStream stream(String path) {
        return streams.get(path);
    }

    CompletionStage<HttpReply> answer(HttpQuery query) {
        Function<HttpQuery, CompletionStage<HttpReply>> resource = resources.get(query.path());
        if (resource == null) {
            return CompletableFuture.completedFuture(HttpReply.error(404, "not found"));
        }
        try {
            return resource.apply(query);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    void report(Throwable failure) {
        failures.accept(failure);
    }

    /** Returns the thread of this port, for tasks that must not run at once with its resources. */
    public ScheduledExecutorService executor() {
        return executor;
    }

    /** Returns the address that this port listens on, with its actual port. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    /** Closes the port and all connections, and ends its thread. Does nothing if it is closed already. */
    @Override
    @Blocking
    public void close() {
        loops.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
