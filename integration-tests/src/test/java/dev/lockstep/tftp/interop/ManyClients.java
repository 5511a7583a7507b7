package dev.lockstep.tftp.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Downloads by many addresses of this machine, as a program of its own. Each address has one download at a time, and asks
 * again after a failure. Prints a line for each download when it ends.
 */
final class ManyClients {
    private static final int BLKSIZE = 1024;
    private static final int SELECT_MILLIS = 10;
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(100);

    private final InetSocketAddress server;
    private final List<String> files;
    private final Path more;
    private final int transfers;
    private final int perSecond;
    private final int maxResends;
    private final int attempts;
    private final Deque<InetAddress> free = new ArrayDeque<>();
    private final List<Attempt> running = new ArrayList<>();
    private int started;

    /** A try to download a file. */
    private record Attempt(
            Download download, InetAddress client, InetSocketAddress local, String file, int number, long startedAt) {}

    private ManyClients(String[] arguments) throws IOException {
        server = new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1]));
        for (int i = 1; i <= Integer.parseInt(arguments[3]); i++) {
            free.add(InetAddress.getByName(arguments[2] + i));
        }
        transfers = Integer.parseInt(arguments[4]);
        perSecond = Integer.parseInt(arguments[5]);
        maxResends = Integer.parseInt(arguments[6]);
        attempts = Integer.parseInt(arguments[7]);
        files = List.of(arguments[8].split(","));
        more = Path.of(arguments[9]);
    }

    /**
     * Runs the downloads.
     *
     * @param arguments address and port of the server; the start of the clients' addresses and their number; the number
     *     of downloads, and how many begin in a second; how often a datagram is repeated; how often a file is asked for;
     *     the names of the files, separated by commas; a path, as long as which exists there are more downloads
     */
    public static void main(String[] arguments) throws IOException {
        try (Selector selector = Selector.open()) {
            new ManyClients(arguments).run(selector);
        }
    }

    private void run(Selector selector) throws IOException {
        ByteBuffer scratch = ByteBuffer.allocateDirect(65536);
        long begin = System.nanoTime();
        long tick = begin;
        while (isMore() || !running.isEmpty()) {
            long due = (System.nanoTime() - begin) * perSecond / TimeUnit.SECONDS.toNanos(1);
            while (started < due && isMore() && !free.isEmpty()) {
                begin(selector, free.remove(), files.get(started % files.size()), 1);
                started++;
            }
            selector.select(key -> read(key, scratch), SELECT_MILLIS);
            long now = System.nanoTime();
            if (now - tick >= TICK) {
                tick = now;
                for (Attempt attempt : running) {
                    attempt.download.tick(now);
                }
            }
            for (Attempt attempt : List.copyOf(running)) {
                if (attempt.download.result() != null) {
                    end(selector, attempt);
                }
            }
        }
    }

    private boolean isMore() {
        return started < transfers || Files.exists(more);
    }

    private void begin(Selector selector, InetAddress client, String file, int number) throws IOException {
        // not connected: on the same machine, the hash of a connected socket would be that of the router
        Download download = new Download(client, server, file, BLKSIZE, maxResends, false);
        var local = (InetSocketAddress) download.channel().getLocalAddress();
        download.channel().register(selector, SelectionKey.OP_READ, download);
        running.add(new Attempt(download, client, local, file, number, System.currentTimeMillis()));
        download.ask(System.nanoTime());
    }

    private static void read(SelectionKey key, ByteBuffer scratch) {
        try {
            ((Download) key.attachment()).read(scratch, System.nanoTime());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void end(Selector selector, Attempt attempt) throws IOException {
        running.remove(attempt);
        attempt.download.close();
        String result = attempt.download.result();
        System.out.println(attempt.startedAt + " " + attempt.client.getHostAddress() + ":" + attempt.local.getPort()
                + " " + attempt.file + " " + attempt.number + " " + result);
        if (!result.contains("CRC-32") && attempt.number < attempts) {
            begin(selector, attempt.client, attempt.file, attempt.number + 1);
        } else {
            free.add(attempt.client);
        }
    }
}
