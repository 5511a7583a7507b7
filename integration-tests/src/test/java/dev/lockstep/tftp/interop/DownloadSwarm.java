package dev.lockstep.tftp.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Many concurrent downloads of one file, on one thread. */
final class DownloadSwarm {

    /** A number of requests that fits into the receive buffer of a server: each one that is dropped costs a second. */
    private static final int ASKED_AT_ONCE = 50;

    private static final int PAUSE_MILLIS = 10;
    private static final int TICK_MILLIS = 100;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);

    private DownloadSwarm() {}

    /** Runs all downloads to their end and returns the summary of the content or the failure of each. */
    static List<String> run(InetSocketAddress server, String file, int blksize, int count) {
        List<Download> downloads = new ArrayList<>(count);
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < count; i++) {
                Download download = new Download(server, file, blksize);
                downloads.add(download);
                download.channel().register(selector, SelectionKey.OP_READ, download);
            }
            drive(selector, downloads);
            return downloads.stream().map(Download::result).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            downloads.forEach(DownloadSwarm::close);
        }
    }

    private static void drive(Selector selector, List<Download> downloads) throws IOException {
        ByteBuffer scratch = ByteBuffer.allocateDirect(65536);
        long tick = System.nanoTime();
        int asked = 0;
        while (!selector.keys().isEmpty()) {
            for (int i = 0; i < ASKED_AT_ONCE && asked < downloads.size(); i++) {
                downloads.get(asked++).ask(System.nanoTime());
            }
            selector.select(
                    key -> {
                        try {
                            Download download = (Download) key.attachment();
                            download.read(scratch, System.nanoTime());
                            leaveWhenDone(key, download);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    },
                    asked < downloads.size() ? PAUSE_MILLIS : TICK_MILLIS);
            long now = System.nanoTime();
            if (now - tick < TICK_NANOS) {
                continue;
            }
            tick = now;
            for (Download download : downloads.subList(0, asked)) {
                download.tick(now);
                leaveWhenDone(download.channel().keyFor(selector), download);
            }
        }
    }

    private static void leaveWhenDone(SelectionKey key, Download download) {
        if (key != null && key.isValid() && download.result() != null) {
            key.cancel();
        }
    }

    private static void close(Download download) {
        try {
            download.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
