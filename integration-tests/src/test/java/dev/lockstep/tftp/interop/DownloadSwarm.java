package dev.lockstep.tftp.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;

/** Many concurrent downloads of one file, on one thread. */
final class DownloadSwarm {

    private static final int TICK_MILLIS = 100;

    private DownloadSwarm() {}

    /** Runs all downloads to their end and returns the hash or the failure of each. */
    static List<String> run(InetSocketAddress server, String file, int blksize, int count) {
        List<Download> downloads = new ArrayList<>(count);
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < count; i++) {
                Download download = new Download(server, file, blksize);
                downloads.add(download);
                download.channel().register(selector, SelectionKey.OP_READ, download);
            }
            for (Download download : downloads) {
                download.ask(System.nanoTime());
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
        while (!selector.keys().isEmpty()) {
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
                    TICK_MILLIS);
            for (Download download : downloads) {
                download.tick(System.nanoTime());
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
