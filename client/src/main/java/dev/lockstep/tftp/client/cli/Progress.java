package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.transfer.Source;
import dev.lockstep.tftp.transfer.TransferEvent;
import dev.lockstep.tftp.transfer.TransferEvent.Ended;
import dev.lockstep.tftp.transfer.TransferEvent.Progressed;
import dev.lockstep.tftp.transfer.TransferEvent.Started;
import dev.lockstep.tftp.transfer.TransferListener;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * How far the transfers of a command are, all together, as a bar on the terminal. It begins with the first transfer
 * that takes a while; the bar's library is not loaded before.
 */
final class Progress implements TransferListener {
    private static final long PATIENCE_NANOS = 400_000_000;

    private final long begun = System.nanoTime();
    private final Map<InetSocketAddress, Long> running = new HashMap<>();
    private long expected;
    private long over;
    private boolean sizesKnown = true;
    private boolean wanted;
    private Bar bar;

    @Override
    public synchronized void on(TransferEvent event) {
        if (event instanceof Started started) {
            long size = started.settings().tsize();
            sizesKnown &= size != Source.UNKNOWN_SIZE;
            expected += Math.max(0, size);
            running.put(event.peer(), 0L);
        } else if (event instanceof Progressed progressed) {
            running.put(event.peer(), progressed.stats().bytes());
            show();
        } else if (event instanceof Ended ended && running.remove(event.peer()) != null) {
            over += ended.stats().bytes();
        }
    }

    /** Makes room for a line of text; when nothing runs any more the bar goes for good. */
    synchronized void makeRoom() {
        if (bar != null && running.isEmpty()) {
            bar.close();
            bar = null;
        } else if (bar != null) {
            bar.erase();
        }
        wanted &= bar != null;
    }

    private void show() {
        if (bar != null) {
            bar.show(over + sum(), sizesKnown ? expected : -1);
        } else if (!wanted && System.nanoTime() - begun > PATIENCE_NANOS) {
            wanted = true;
            Thread opener = new Thread(this::open, "tftp-bar"); // it looks for the terminal, which takes a while
            opener.setDaemon(true);
            opener.start();
        }
    }

    private void open() {
        Bar opened = new Bar();
        synchronized (this) {
            if (wanted && !running.isEmpty()) {
                bar = opened;
                show();
                return;
            }
        }
        opened.close();
    }

    private long sum() {
        return running.values().stream().mapToLong(Long::longValue).sum();
    }
}
