package dev.lockstep.tftp.fuzz;

import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.server.internal.listener.EmbeddedListener;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.stream.IntStream;

/**
 * A whole server, from the listener to the files, and four clients that send any datagrams in any order at any time.
 * Some of these are conforming, so that transfers make progress. File operations run when the input says so.
 *
 * <pre>
 *   input  = a sequence of
 *     0 to 127: the client of the low two bits sends a datagram: length, that many bytes
 *   128 to 191: the client of the low two bits replies to its last message, with a last block if bit 2 is set
 *   192 to 223: that many file operations run
 *   224 to 255: a wait of 2^(low four bits) milliseconds
 * </pre>
 *
 * No exception may be left, no buffer kept, and all transfers must end when the clients are silent. See {@link Client}
 * for what the server may send, and {@link WatchedFiles} for what may become a file.
 */
public final class ServerFuzzer {
    private static final int ANSWER = 128;
    private static final int WORK = 192;
    private static final int WAIT = 224;
    private static final TransferLimits LIMITS =
            TransferLimits.DEFAULT.withBlksize(1024).withWindow(8, 4096);
    private static final int MOST_TRANSFERS = 3;
    private static final int LONGEST_SILENCE_SECONDS = 2000;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
    private final Queue<Runnable> work = new ArrayDeque<>();
    private final List<Client> clients =
            IntStream.range(0, 4).mapToObj(ServerFuzzer::client).toList();
    private final EmbeddedListener listener;

    private ServerFuzzer() throws IOException {
        WatchedFiles files = new WatchedFiles(peer -> clientAt(peer));
        listener = new EmbeddedListener(files, LIMITS, work::add, allocator, this::onEvent, MOST_TRANSFERS);
    }

    /** The clients, two of which have the same address. */
    private static Client client(int number) {
        return new Client(new InetSocketAddress("127.0.0." + (2 + number / 2), 4000 + number));
    }

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        new ServerFuzzer().run(input);
    }

    private Client clientAt(InetSocketAddress address) {
        return clients.stream()
                .filter(one -> one.address().equals(address))
                .findFirst()
                .orElseThrow();
    }

    private void onEvent(TransferEvent event) {
        if (event instanceof TransferEvent.Started started) {
            clientAt(event.peer()).started(started);
        }
        if (event instanceof TransferEvent.Ended ended
                && ended.cause() != null
                && ended.cause().getCause() instanceof RuntimeException fault) {
            throw new AssertionError("a transfer ended by a fault", fault);
        }
    }

    private void run(byte[] input) {
        for (int at = 0; at < input.length; ) {
            int step = input[at++] & 0xFF;
            Client client = clients.get(step & 3);
            if (step >= WAIT) {
                listener.pass(1L << (step & 15));
            } else if (step >= WORK) {
                work(step - WORK + 1);
            } else if (step >= ANSWER) {
                receive(client, client.answer((step & 4) != 0));
            } else if (at < input.length) {
                int end = Math.min(input.length, at + 1 + (input[at] & 0xFF));
                receive(client, Arrays.copyOfRange(input, at + 1, end));
                at = end;
            }
            settle();
        }
        fallSilent();
    }

    private void receive(Client client, byte[] datagram) {
        client.sends(datagram);
        listener.receive(client.address(), datagram);
    }

    private void work(int chunks) {
        for (int i = 0; i < chunks && !work.isEmpty(); i++) {
            work.remove().run();
            settle();
        }
    }

    private void settle() {
        listener.settle();
        listener.check();
        for (DatagramPacket packet = listener.sent(); packet != null; packet = listener.sent()) {
            clientAt(packet.recipient()).gets(packet);
        }
        clients.forEach(Client::stepDone);
    }

    private boolean isBusy() {
        return !work.isEmpty() || listener.isBusy();
    }

    private void fallSilent() {
        for (int second = 0; second < LONGEST_SILENCE_SECONDS && isBusy(); second += 10) {
            work(Integer.MAX_VALUE);
            listener.pass(10_000);
            settle();
        }
        if (isBusy()) {
            throw new AssertionError("after long silence still " + listener);
        }
        listener.close();
        long kept = allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory();
        if (kept != 0) {
            throw new AssertionError(kept + " bytes of buffers kept");
        }
    }
}
