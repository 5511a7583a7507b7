package dev.lockstep.tftp.server.internal.origin;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.io.FileErrors;
import dev.lockstep.tftp.io.Source;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of origins on the local disk, which several processes can share and which survive a restart. The content of
 * a version ({@code KEY.RANDOM.body}) never changes. The metadata ({@code KEY.meta}) names the current version and is
 * replaced atomically after the content is complete. So a crash at any time leaves the previous version, the new one, or
 * none. A file that is being received ({@code .part}) is locked by its process, and one that is being served as well.
 *
 * <p>Nothing is synchronized to the disk: after a loss of power, checksums reveal what is missing, and it is fetched
 * again.
 */
@ThreadSafe
@Blocking
final class Spool {
    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);
    private static final Pattern NAME = Pattern.compile("([0-9a-f]{64})\\.(?:meta|[0-9a-f]{16}\\.(body|part))");
    private static final String META = ".meta";
    private static final String BODY = ".body";
    private static final String PART = ".part";
    /** The largest file that is verified as a whole when it is opened. Larger ones are verified block by block. */
    private static final long MAX_VERIFIED = 64L << 20;
    /** Bytes that are reserved at once for a body of unknown length. */
    private static final long STEP = 16L << 20;
    /** Time after which other processes may have changed much. */
    private static final Duration SCAN_INTERVAL = Duration.ofMinutes(1);

    private final Path folder;
    private final SpoolLimits limits;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    /** The open files by the names of their versions. */
    private final Map<String, SpoolFile> open = new ConcurrentHashMap<>();

    private final LongAdder evictions = new LongAdder();
    private final LongAdder damages = new LongAdder();

    private volatile Consumer<String> forgetting = key -> {};
    private Instant scanned = Instant.MIN;
    private long bytes;
    private int files;
    /** Bytes reserved for files that this process is receiving. */
    private long reserved;

    /** A version that can be evicted. */
    private record Candidate(String key, Path meta, FileTime used, Path body, long size) {}

    /** A complete file with its metadata. The caller releases the file. */
    record Stored(CacheEntry entry, SpoolFile file) {}

    Spool(Path folder, SpoolLimits limits, InstantSource clock) {
        this.folder = folder;
        this.limits = limits;
        this.clock = clock;
    }

    /** Sets what releases a file that is about to be evicted, if it is open but not served. */
    void forgetWith(Consumer<String> forget) {
        forgetting = forget;
    }

    /**
     * Creates an empty file for a new version. Its lock tells other processes that it is in use.
     *
     * @param size the size in bytes, or {@link Source#UNKNOWN_SIZE}
     */
    SpoolFile create(String key, long size) throws IOException {
        prepare();
        String name = key + "." + randomName();
        Path part = folder.resolve(name + PART);
        FileChannel channel = FileChannel.open(
                part, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        tryLock(channel, false);
        return opened(name, new SpoolFile(name, channel, closing(name, channel, part), size, () -> onDamage(key)));
    }

    /** Creates an empty file for an upload, which the caller deletes. */
    Path createUpload() throws IOException {
        prepare();
        return folder.resolve("0".repeat(64) + "." + randomName() + PART);
    }

    /** Creates the folder if necessary. */
    private void prepare() throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] privately = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[0];
        try {
            Files.createDirectories(folder, privately);
        } catch (IOException e) {
            throw new TftpException(ErrorCode.NOT_DEFINED, "cache is not available", e)
                    .because("--cache-dir: " + folder + ": " + e);
        }
    }

    private String randomName() {
        byte[] bits = new byte[8];
        random.nextBytes(bits);
        return HexFormat.of().formatHex(bits);
    }

    private SpoolFile opened(String name, SpoolFile file) {
        open.put(name, file);
        return file;
    }

    /** Returns what closes a file and deletes it if it was not published. */
    private Closeable closing(String name, FileChannel channel, Path part) {
        return () -> {
            open.remove(name);
            try {
                if (part != null) {
                    Files.deleteIfExists(part);
                }
            } finally {
                channel.close();
            }
        };
    }

    /** Locks a file while it is open, if that is possible. Returns whether no other process has locked it. */
    private static boolean tryLock(FileChannel channel, boolean shared) throws IOException {
        try {
            return channel.tryLock(0, Long.MAX_VALUE, shared) != null;
        } catch (OverlappingFileLockException e) {
            return false; // another thread of this process uses it
        }
    }

    /**
     * Publishes a complete file as the current version.
     *
     * @param entry its metadata
     */
    void publish(String key, SpoolFile file, CacheEntry entry) throws IOException {
        Path part = folder.resolve(file.name() + PART);
        Path body = folder.resolve(file.name() + BODY);
        Files.move(part, body, StandardCopyOption.ATOMIC_MOVE);
        CacheEntry replaced = entryOf(key);
        try {
            update(key, entry);
        } catch (IOException e) {
            Files.deleteIfExists(body);
            throw e;
        }
        synchronized (this) {
            bytes += entry.size();
            files++;
        }
        if (replaced != null) {
            delete(replaced); // open descriptors still read it
        }
    }

    private void delete(CacheEntry entry) throws IOException {
        if (Files.deleteIfExists(folder.resolve(entry.body() + BODY))) {
            synchronized (this) {
                bytes -= entry.size();
                files--;
            }
        }
    }

    /** Replaces the metadata of a file. */
    void update(String key, CacheEntry entry) throws IOException {
        Path temporary = folder.resolve(key + "." + randomName() + PART);
        Files.write(temporary, entry.toBytes(), StandardOpenOption.CREATE_NEW);
        Files.move(temporary, folder.resolve(key + META), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Removes a file. Transfers that are reading it are not affected. */
    void remove(String key) {
        CacheEntry entry = entryOf(key);
        try {
            Files.deleteIfExists(folder.resolve(key + META));
            if (entry != null) {
                delete(entry);
            }
        } catch (IOException e) {
            LOG.warn("cannot remove {} from the cache: {}", key, e.toString());
        }
    }

    /** Returns the metadata of a file, or null if there is none or it is damaged. */
    CacheEntry entryOf(String key) {
        Path meta = folder.resolve(key + META);
        try {
            return CacheEntry.parse(Files.readAllBytes(meta));
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            damaged(key, e);
            return null;
        }
    }

    /** Called when a read of an open file has found damage. */
    private void onDamage(String key) {
        damages.increment();
        forgetting.accept(key);
        remove(key);
    }

    private void damaged(String key, Exception cause) {
        damages.increment();
        LOG.warn("cached file {} is damaged, it will be fetched again: {}", key, cause.toString());
    }

    /** Opens the current version of a file. Returns null if there is none, or if it is damaged, which removes it. */
    Stored load(String key) throws IOException {
        CacheEntry entry = entryOf(key);
        if (entry == null) {
            return null;
        }
        SpoolFile file = open.get(entry.body());
        if (file != null && file.retain()) {
            return new Stored(entry, file);
        }
        try {
            return new Stored(entry, openBody(key, entry));
        } catch (NoSuchFileException e) {
            return null; // evicted by another process
        } catch (IOException e) {
            damaged(key, e);
            remove(key);
            return null;
        }
    }

    private SpoolFile openBody(String key, CacheEntry entry) throws IOException {
        String name = entry.body();
        FileChannel channel = FileChannel.open(folder.resolve(name + BODY), StandardOpenOption.READ);
        SpoolFile file = new SpoolFile(entry, channel, closing(name, channel, null), () -> onDamage(key));
        try {
            tryLock(channel, true);
            if (channel.size() != entry.size()) {
                throw new IOException("size is " + channel.size() + " (expected: " + entry.size() + ")");
            }
            if (entry.size() <= MAX_VERIFIED) {
                file.verifyAll();
            }
            return opened(name, file);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Notes that a file was used, so that others are evicted before. */
    void touch(String key) {
        try {
            Files.setLastModifiedTime(folder.resolve(key + META), FileTime.from(clock.instant()));
        } catch (IOException e) {
            LOG.debug("cannot set the time of {}", key, e); // evicted
        }
    }

    /**
     * Reserves room for bytes that will be received, and evicts files that were not used for longest.
     *
     * @throws IOException if there is no room, because all files are being served
     */
    synchronized void reserve(long wanted) throws IOException {
        if (wanted > limits.bytes()) {
            throw new TftpException(ErrorCode.NOT_DEFINED, "file is larger than the cache")
                    .because("more than --cache-size, " + limits.bytes() + " bytes");
        }
        if (Duration.between(scanned, clock.instant()).compareTo(SCAN_INTERVAL) >= 0 || !fits(wanted)) {
            trim(wanted);
        }
        if (!fits(wanted)) {
            throw new TftpException(ErrorCode.NOT_DEFINED, "cache is full, try again")
                    .because(bytes + " bytes of " + files + " files, all of them in use");
        }
        reserved += wanted;
    }

    private boolean fits(long wanted) {
        return bytes + reserved + wanted <= limits.bytes() && files < limits.files();
    }

    /**
     * Returns the number of bytes to reserve next for a body of unknown length, of which a quarter of the spool is the
     * limit: one that does not end must not evict all other files.
     *
     * @param before the bytes reserved for it so far
     */
    long stepOfUnknownSize(long before) throws IOException {
        long most = Math.max(1, limits.bytes() / 4);
        if (before >= most) {
            throw new TftpException(ErrorCode.NOT_DEFINED, "file is larger than the cache")
                    .because("more than " + most + " bytes without Content-Length, a quarter of --cache-size");
        }
        return Math.min(STEP, most - before);
    }

    /** Returns bytes that were reserved. */
    synchronized void giveBack(long unused) {
        reserved -= unused;
    }

    /** Counts all files, removes what crashed processes have left, and evicts files until others fit. */
    private void trim(long wanted) throws IOException {
        prepare();
        scanned = clock.instant();
        FileTime oldest = FileTime.from(scanned.minus(limits.age()));
        List<Candidate> candidates = scan();
        bytes = candidates.stream().mapToLong(Candidate::size).sum();
        files = candidates.size();
        candidates.sort(Comparator.comparing(Candidate::used));
        for (Candidate each : candidates) {
            if (fits(wanted) && each.used.compareTo(oldest) >= 0) {
                return;
            }
            if (evict(each)) {
                bytes -= each.size;
                files--;
                evictions.increment();
            }
        }
    }

    private boolean evict(Candidate candidate) throws IOException {
        String name = versionOf(candidate.body);
        SpoolFile file = open.get(name);
        if (file != null) {
            if (file.isServed()) {
                return false;
            }
            forgetting.accept(candidate.key);
        }
        if (!isUnused(candidate.body)) {
            return false;
        }
        Files.deleteIfExists(candidate.meta);
        Files.deleteIfExists(candidate.body);
        return true;
    }

    private static String versionOf(Path file) {
        return file.getFileName().toString().replaceFirst("\\.[a-z]+$", "");
    }

    /** Returns whether no process uses a file. A file of this process is not opened, which would release its lock. */
    private boolean isUnused(Path file) throws IOException {
        if (open.containsKey(versionOf(file))) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            return tryLock(channel, false);
        } catch (NoSuchFileException e) {
            return true;
        }
    }

    /** Returns the current versions of all files. Removes the others that no process uses. */
    private List<Candidate> scan() throws IOException {
        Map<String, Path> metas = new HashMap<>();
        Map<String, List<Path>> bodies = new HashMap<>();
        List<Path> parts = new ArrayList<>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                Matcher name = NAME.matcher(path.getFileName().toString());
                if (!name.matches()) {
                    continue; // not a file of this program
                }
                if (name.group(2) == null) {
                    metas.put(name.group(1), path);
                } else if (name.group(2).equals("body")) {
                    bodies.computeIfAbsent(name.group(1), key -> new ArrayList<>())
                            .add(path);
                } else {
                    parts.add(path);
                }
            }
        }
        for (Path part : parts) {
            removeStale(part);
        }
        List<Candidate> current = new ArrayList<>();
        for (Map.Entry<String, List<Path>> each : bodies.entrySet()) {
            Path meta = metas.get(each.getKey());
            Path body = currentOf(each.getKey(), each.getValue(), meta);
            for (Path other : each.getValue()) {
                if (!other.equals(body)) {
                    removeStale(other);
                }
            }
            BasicFileAttributes times = body == null ? null : attributes(meta);
            BasicFileAttributes found = times == null ? null : attributes(body);
            if (found != null) {
                current.add(new Candidate(each.getKey(), meta, times.lastModifiedTime(), body, found.size()));
            }
        }
        return current;
    }

    private Path currentOf(String key, List<Path> versions, Path meta) {
        if (meta == null || versions.size() == 1) {
            return meta == null ? null : versions.get(0);
        }
        CacheEntry entry = entryOf(key);
        return entry == null ? null : folder.resolve(entry.body() + BODY);
    }

    private static BasicFileAttributes attributes(Path file) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            return null; // removed by another process
        }
    }

    private void removeStale(Path file) {
        try {
            BasicFileAttributes found = attributes(file);
            boolean isRecent = found != null
                    && found.lastModifiedTime()
                            .toInstant()
                            .isAfter(clock.instant().minus(SCAN_INTERVAL));
            if (!isRecent && isUnused(file)) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.warn(
                    "cannot remove {} from the cache: {}",
                    file,
                    FileErrors.of(e).explained());
        }
    }

    /** Returns the bytes of all files, as of the last count. */
    synchronized long bytes() {
        return bytes + reserved;
    }

    /** Returns the number of files, as of the last count. */
    synchronized int files() {
        return files;
    }

    /** Returns the number of files that were evicted. */
    long evictions() {
        return evictions.sum();
    }

    /** Returns the number of files that were found damaged. */
    long damages() {
        return damages.sum();
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
