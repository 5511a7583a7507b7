package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.io.Source;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;

/**
 * An entry of an archive, which is decompressed while it is sent. Its last bytes are delivered only after its size and
 * its CRC-32 are verified, so that no client has a damaged file that looks complete.
 */
final class VerifiedSource implements Source {
    private static final int CHUNK = 64 * 1024;

    private final InputStream in;
    private final long size;
    private final long expected;
    private final Version version;
    private final Closeable archive;
    private final CRC32 crc = new CRC32();
    private long position;

    /** Checks that the archive is the one that was opened. */
    interface Version {
        /** Throws the failure of the transfer if the archive has changed. */
        void check() throws IOException;
    }

    /**
     * Creates a source.
     *
     * @param in the content of the entry
     * @param version called after each read
     * @param archive closed with this source
     */
    VerifiedSource(InputStream in, ZipEntry entry, Version version, Closeable archive) {
        this.in = in;
        this.size = entry.getSize();
        this.expected = entry.getCrc();
        this.version = version;
        this.archive = archive;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        if (position == size) {
            return -1;
        }
        byte[] bytes = new byte[(int) Math.min(Math.min(to.remaining(), CHUNK), size - position)];
        try {
            int length = in.readNBytes(bytes, 0, bytes.length);
            crc.update(bytes, 0, length);
            position += length;
            if (length < bytes.length || position == size && in.read() >= 0) {
                throw damaged("its content has another size than " + size);
            }
        } catch (TftpException e) {
            throw e;
        } catch (IOException e) {
            version.check();
            throw damaged(e.getMessage());
        }
        version.check();
        if (position == size && crc.getValue() != expected) {
            throw damaged("its content does not match its CRC-32");
        }
        to.put(bytes);
        return bytes.length;
    }

    static TftpException damaged(String why) {
        return new TftpException(ErrorCode.NOT_DEFINED, "file is damaged in its archive").because(why);
    }

    @Override
    public void close() throws IOException {
        try (archive) {
            in.close();
        }
    }
}
