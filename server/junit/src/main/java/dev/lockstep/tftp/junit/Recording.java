package dev.lockstep.tftp.junit;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.concurrent.EventLoop;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.internal.impairment.DatagramImpairment.ImpairmentDecision;
import dev.lockstep.tftp.io.ForwardingSink;
import dev.lockstep.tftp.io.MemorySource;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.OverlayStorage;
import dev.lockstep.tftp.server.storage.OverlayStorage.OnError;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.server.storage.WriteRules;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The files of a server and what has happened to it, from one reset to the next. */
@ThreadSafe
final class Recording {
    /** An odd number without a pattern, which makes the seeds of consecutive transfers unrelated. */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private static final int SHOWN_TRANSFERS = 5;
    private static final ImpairmentDecision PASSED = new ImpairmentDecision(false, false, false, 0);

    /** Opens a file for a request. */
    @FunctionalInterface
    interface Opener {
        @Blocking
        Source open(RecordedRequest request) throws IOException;
    }

    private final long seed;
    private final WriteRules rules;
    private final MemoryStorage memory;
    private final Map<String, Opener> files = new ConcurrentHashMap<>();
    private final List<Storage> folders = new CopyOnWriteArrayList<>();

    private final List<RecordedRequest> requests = new ArrayList<>();
    private final List<TransferRecorder> transfers = new ArrayList<>();
    private final List<RecordedTransfer> ended = new ArrayList<>();
    private final Map<String, UploadedFile> uploads = new LinkedHashMap<>();
    private final PacketLog notes = new PacketLog();
    private final Deque<TransferImpairment> next = new ArrayDeque<>();
    private final TransferImpairment every = new TransferImpairment();
    /** The state of the next transfer, whose request may be impaired; null before a request has been received. */
    private ImpairedTransfer upcoming;

    Recording(long seed, WriteRules rules) {
        this.seed = seed;
        this.rules = rules;
        this.memory = new MemoryStorage(Runtime.getRuntime().maxMemory() / 4, rules);
    }

    void add(String name, Opener file) {
        String key = RecordedRequest.normalized(name);
        if (key.isEmpty()) {
            throw new IllegalArgumentException("file name: " + name + " (expected: a name)");
        }
        files.put(key, file);
    }

    void add(Storage folder) {
        folders.add(0, folder);
    }

    synchronized TransferImpairment addNext() {
        TransferImpairment added = new TransferImpairment();
        next.addLast(added);
        return added;
    }

    TransferImpairment every() {
        return every;
    }

    /** Decides about a datagram that the listening socket has received. */
    @EventLoop
    synchronized ImpairmentDecision onListener(ByteBuf packet) {
        return PacketType.of(packet) == PacketType.REQUEST ? upcoming().received(packet) : PASSED;
    }

    private ImpairedTransfer upcoming() {
        TransferImpairment.Plan plan = (next.isEmpty() ? every : next.getFirst()).plan();
        if (upcoming == null || upcoming.plan() != plan) {
            upcoming = new ImpairedTransfer(plan, seed + SPREAD * requests.size(), notes::add);
        }
        return upcoming;
    }

    /** Begins to record a transfer. */
    @EventLoop
    synchronized TransferRecorder begin(TransferEvent.Requested requested) {
        RecordedRequest request = RecordedRequest.of(requested.peer(), requested.request());
        TransferRecorder recorder = new TransferRecorder(this, request, upcoming());
        upcoming = null;
        next.pollFirst();
        requests.add(request);
        transfers.add(recorder);
        notifyAll();
        return recorder;
    }

    synchronized void onEnd(RecordedTransfer transfer) {
        ended.add(transfer);
        notifyAll();
    }

    /** Adds a line about a datagram that belongs to no transfer. */
    void note(String line) {
        notes.add(line);
    }

    /** Opens a file for reading: the last one that was served or uploaded under this name, or one of a folder. */
    @Blocking
    Source read(RecordedRequest request, ReadRequest message) throws IOException {
        Opener file = files.get(RecordedRequest.normalized(request.file()));
        if (file != null) {
            return file.open(request);
        }
        List<Storage> all = List.copyOf(folders);
        if (all.isEmpty()) {
            throw new TftpException(ErrorCode.FILE_NOT_FOUND, "file not found");
        }
        return new OverlayStorage(all, OnError.STOP, WriteRules.READ_ONLY).read(message, request.peer());
    }

    /** Opens a file for writing. It replaces another one when it is complete. */
    @Blocking
    Sink write(WriteRequest message, InetSocketAddress peer) throws IOException {
        String name = RecordedRequest.normalized(message.filename());
        if (rules.allowed() && !rules.overwrite() && files.containsKey(name)) {
            throw new TftpException(ErrorCode.FILE_EXISTS, "file exists");
        }
        return new ForwardingSink(memory.write(message, peer)) {
            @Override
            public void commit() throws IOException {
                super.commit();
                uploaded(name, memory.get(name));
            }
        };
    }

    private synchronized void uploaded(String name, byte[] content) {
        uploads.remove(name); // the order is that of the uploads
        uploads.put(name, new UploadedFile(name, content));
        files.put(name, request -> new MemorySource(content));
        notifyAll();
    }

    synchronized Map<String, UploadedFile> uploads() {
        return Collections.unmodifiableMap(new LinkedHashMap<>(uploads));
    }

    synchronized List<RecordedRequest> requests() {
        return List.copyOf(requests);
    }

    synchronized List<RecordedTransfer> transfers() {
        return List.copyOf(ended);
    }

    /** Returns the last transfer of a file, or null if there is none or one of them is running. */
    synchronized RecordedTransfer lastOf(String name) {
        RecordedTransfer last = null;
        for (TransferRecorder transfer : transfers) {
            if (transfer.request().isFor(name)) {
                last = transfer.result();
                if (last == null) {
                    return null;
                }
            }
        }
        return last;
    }

    /**
     * Waits until something is found.
     *
     * @param found returns it, or null
     * @return null if it was not found in time
     */
    @Blocking
    synchronized <T> T await(Duration timeout, Supplier<T> found) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            T result = found.get();
            long left = deadline - System.nanoTime();
            if (result != null || left <= 0) {
                return result;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    /** Returns the last transfers and their packets, one in each line. */
    synchronized List<String> describe() {
        List<String> lines = new ArrayList<>();
        int omitted = Math.max(0, transfers.size() - SHOWN_TRANSFERS);
        if (transfers.isEmpty()) {
            lines.add("  no request");
        } else if (omitted > 0) {
            lines.add("  (" + omitted + " transfers before)");
        }
        transfers.subList(omitted, transfers.size()).forEach(transfer -> lines.addAll(transfer.describe()));
        notes.lines().forEach(line -> lines.add("  " + line));
        return lines;
    }
}
