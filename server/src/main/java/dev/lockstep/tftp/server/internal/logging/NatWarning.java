package dev.lockstep.tftp.server.internal.logging;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.internal.text.AddressFormat;
import dev.lockstep.tftp.internal.text.LogSanitizer;
import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.PortModes;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs one warning if replies from other ports do not reach a client, as behind a NAT router: the port of the client was
 * reported as unreachable, and yet the same request comes from it again. A client that is gone does not ask again, and
 * one that was restarted rarely asks for the same from the same port.
 *
 * <p>Nothing is done for a packet, and little for a request: one look into a table that is usually empty, and none after
 * the warning.
 */
@ThreadSafe
public final class NatWarning implements TransferListener {
    private static final Logger LOG = LoggerFactory.getLogger("tftpd");
    private static final int MAX_CLIENTS = 1000;
    /** Longer than the time between two requests of a client that gets no reply. */
    private static final Duration EXPIRY = Duration.ofSeconds(60);

    private final PortModes modes;
    private final Cache<InetSocketAddress, Request> unreachable;
    private final AtomicBoolean logged = new AtomicBoolean();

    /**
     * Creates the listener.
     *
     * @param modes the port modes; clients in single-port mode are ignored
     */
    public NatWarning(PortModes modes) {
        this(modes, Ticker.systemTicker());
    }

    NatWarning(PortModes modes, Ticker ticker) {
        this.modes = modes;
        this.unreachable = Caffeine.newBuilder()
                .maximumSize(MAX_CLIENTS)
                .expireAfterWrite(EXPIRY)
                .ticker(ticker)
                .executor(Runnable::run)
                .build();
    }

    @Override
    public void on(TransferEvent event) {
        if (logged.get()) {
            return;
        }
        if (event instanceof TransferEvent.Ended ended) {
            boolean isUnreachable =
                    ended.cause() != null && ended.cause().getCause() instanceof PortUnreachableException;
            if (isUnreachable
                    && ended.stats().bytes() == 0
                    && !(modes.forPeer(ended.peer()) instanceof PortMode.Single)) {
                unreachable.put(ended.peer(), ended.request());
            }
        } else if (event instanceof TransferEvent.Requested requested
                && requested.request().equals(unreachable.getIfPresent(requested.peer()))
                && logged.compareAndSet(false, true)) {
            unreachable.invalidateAll();
            LOG.atWarn()
                    .addKeyValue("event", "nat_suspected")
                    .addKeyValue("peer", AddressFormat.of(requested.peer()))
                    .addKeyValue("file", requested.request().filename())
                    .log(
                            "{} requests {} again after its port was reported as unreachable: a NAT router or firewall"
                                    + " may drop replies from other ports (expected: --single-port); logged once",
                            AddressFormat.of(requested.peer()),
                            LogSanitizer.of(requested.request().filename()));
        }
    }
}
