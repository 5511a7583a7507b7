package dev.lockstep.tftp.server.internal.session;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.internal.channel.TransferHandler;
import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.RequestSettings;
import dev.lockstep.tftp.server.internal.validation.PeerValidation;
import dev.lockstep.tftp.transfer.Transfer;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The state of one admitted request: first a handshake, then a transfer. Its event loop is that of the listener and of
 * the child channel.
 */
@dev.lockstep.tftp.concurrent.EventLoop
public final class ServerTransfer {
    /**
     * The shortest time of silence, after a transfer has made progress, after which an equal request is a new one, for
     * example after a reboot of the client.
     */
    private static final long REBOOT = TimeUnit.SECONDS.toNanos(1);
    /** The longest such time, however slowly the client has replied. */
    private static final long SLOW_REBOOT = TimeUnit.SECONDS.toNanos(10);

    private final long id;
    private final TransferKey key;
    private final Request request;
    private final RequestSettings settings;
    private final PortMode mode;
    private final long requestedAt;
    private final PeerValidation validation;
    private final TransferQuota quota;
    private final EventLoop loop;
    private final AtomicBoolean left = new AtomicBoolean();
    private volatile Channel channel;
    private volatile TransferHandler transfer;
    private volatile boolean abandoned;
    private long queuePosition;

    /**
     * Creates the state of a request that is not admitted yet.
     *
     * @param settings the settings that the policy has chosen
     * @param requestedAt the time of the request, in nanoseconds of the event loop's clock
     * @param validation the state of the peer's address
     * @param quota the quota to which {@link #leave} returns the place
     */
    public ServerTransfer(
            long id,
            TransferKey key,
            Request request,
            RequestSettings settings,
            PortMode mode,
            long requestedAt,
            PeerValidation validation,
            TransferQuota quota,
            EventLoop loop) {
        this.id = id;
        this.key = key;
        this.request = request;
        this.settings = settings;
        this.mode = mode;
        this.requestedAt = requestedAt;
        this.validation = validation;
        this.quota = quota;
        this.loop = loop;
    }

    /** Returns the number of the transfer in its events. */
    public long id() {
        return id;
    }

    public TransferKey key() {
        return key;
    }

    public InetSocketAddress peer() {
        return key.peer();
    }

    public Request request() {
        return request;
    }

    public RequestSettings settings() {
        return settings;
    }

    public PeerValidation validation() {
        return validation;
    }

    /** Returns the number that identifies the client for limits, as {@link PeerValidation#client} does. */
    public long client() {
        return validation.client();
    }

    public PortMode mode() {
        return mode;
    }

    /** Returns the time of the request, in nanoseconds of the event loop's clock. */
    long requestedAt() {
        return requestedAt;
    }

    /** Returns the position in the {@link EvictionQueue} that this transfer is in; it is in one at most. */
    long queuePosition() {
        return queuePosition;
    }

    /** Sets the position in an {@link EvictionQueue}. */
    void queuedAt(long position) {
        queuePosition = position;
    }

    /** Returns true if the handshake is to end without a reply. */
    @ThreadSafe
    public boolean isAbandoned() {
        return abandoned;
    }

    /** Marks the request as abandoned: the client no longer waits for a reply, or must not get one. */
    void abandon() {
        abandoned = true;
    }

    /** Called when the channel is opened. */
    public void opened(Channel opened) {
        channel = opened;
    }

    /** Called when the handshake is done and the transfer starts. */
    void started(TransferHandler handler, int windowsize) {
        transfer = handler;
        if (windowsize == 1) {
            quota.markLockStep(this);
        }
    }

    /**
     * Returns true if a request is a duplicate: a retransmission by a client that has not received the first message,
     * or a late copy from the network. Returns false for a new request that a client sends from the same port.
     *
     * @param now the time in nanoseconds
     */
    public boolean isRepeatedBy(Request other, long now) {
        if (!request.equals(other)) {
            return false;
        }
        if (transfer == null) {
            return !abandoned;
        }
        Transfer state = transfer.transfer();
        return !state.hasProgressed() || state.timeSinceProgress(now) < quietTime(state);
    }

    /**
     * Returns the time for which an equal request counts as a duplicate, in nanoseconds. A duplicate can be as late as
     * the client's timeout, which is only known if it was negotiated. While a machine is overloaded, copies of a
     * request are read seconds late, but then so are the replies of the client.
     */
    private static long quietTime(Transfer state) {
        long quiet = Math.min(SLOW_REBOOT, Math.max(REBOOT, 2 * state.longestPause()));
        return state.isFinished() ? Math.max(quiet, state.settings().timeout().toNanos()) : quiet;
    }

    /**
     * Returns the nanoseconds for which the peer has been silent or the disk of the transfer has not responded, or 0;
     * see {@link TransferHandler#idleTime}.
     */
    @ThreadSafe
    long idleTime(long now) {
        TransferHandler handler = transfer;
        return handler == null ? 0 : handler.idleTime(now);
    }

    /**
     * Returns true if the end of this transfer would free what a transfer of the given mode needs: a socket, or a port
     * of the same range.
     */
    public boolean holdsWhatIsNeededFor(PortMode other) {
        return other instanceof PortMode.Ephemeral ? !(mode instanceof PortMode.Single) : mode.equals(other);
    }

    /** Runs a task when the channel is closed, or at once if there is no channel. */
    @ThreadSafe
    public void whenClosed(Runnable then) {
        Channel opened = channel;
        if (opened == null) {
            then.run();
        } else {
            opened.closeFuture().addListener(closed -> then.run());
        }
    }

    /** Called when a duplicate of the request is received. */
    public void repeat() {
        if (transfer != null) {
            validation.onRequestRepeated();
            transfer.onRequestRepeated();
        }
    }

    /** Ends this transfer because another request of the same peer replaces it. Sends nothing more. */
    public void replace() {
        abandon();
        if (transfer != null) {
            transfer.replace();
        }
        leave(); // its place is the new one's
    }

    /**
     * Cancels the transfer and sends the peer an ERROR. A request whose file is not open yet is dropped: its channel is
     * closed, and the file when it has been opened.
     *
     * @param cause the ERROR to send
     */
    public void cancel(TftpException cause) {
        abandon();
        if (transfer != null) {
            transfer.cancel(cause);
        } else if (channel != null) {
            channel.close();
        }
    }

    /**
     * Returns a listener that also releases the place of this transfer when it ends: a dallying upload does not count
     * as running.
     *
     * @param listener receives all events
     * @param dallying the queue for an upload that dallies
     */
    public TransferListener watchedBy(TransferListener listener, EvictionQueue dallying) {
        return event -> {
            if (event instanceof TransferEvent.Ended) {
                leave();
                if (request instanceof WriteRequest
                        && channel.isOpen()
                        && !transfer.transfer().isClosed()) {
                    validation.end(); // a transfer is in one queue at most
                    dallying.add(this);
                }
            }
            listener.on(
                    event instanceof TransferEvent.Ended ended && settings.blackHole()
                            ? ended.afterBlackHole()
                            : event);
        };
    }

    /** Ends the transfer in favour of another one. Sends nothing more. */
    @ThreadSafe
    public void evict() {
        leave();
        if (loop.inEventLoop()) {
            end();
        } else {
            loop.execute(this::end);
        }
    }

    private void end() {
        abandon();
        if (transfer != null) {
            transfer.evict();
        } else if (channel != null) {
            channel.close();
        }
    }

    /** Closes the channel at once: no handler can delay it or send anything before. */
    public void closeChannel() {
        abandon();
        if (channel != null) {
            channel.unsafe().close(channel.voidPromise());
        }
    }

    /** Returns the place of this transfer to the quota, if it has one. */
    @ThreadSafe
    public void leave() {
        if (left.compareAndSet(false, true)) {
            quota.leave(this);
        }
    }
}
