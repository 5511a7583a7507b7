package dev.lockstep.tftp.client.load;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TransferMode;
import java.util.Locale;
import java.util.Optional;

/**
 * What real boot firmware asks, in its order, as it was seen on the wire; the mode is octet but where it says
 * otherwise.
 */
public enum FirmwareProfile {
    /** PXELINUX. */
    PXE(Options.NONE.with(Options.TSIZE, 0).with(Options.BLKSIZE, 1408)),
    /** U-Boot with {@code tftpblocksize} as it is by default; also the only one that uploads. */
    UBOOT(Options.NONE.with(Options.TIMEOUT, 5).with(Options.TSIZE, 0).with(Options.BLKSIZE, 1468)) {
        @Override
        Options putOptions(long size) {
            return Options.NONE
                    .with(Options.TIMEOUT, 5)
                    .with(Options.TSIZE, size)
                    .with(Options.BLKSIZE, 1468);
        }
    },
    /** EDK2 PXE: asks for the size first, leaves with ERROR 8, and asks again from the next port 3 ms later. */
    EDK2(Options.NONE.with(Options.BLKSIZE, 1468).with(Options.WINDOWSIZE, 4)) {
        @Override
        Optional<Options> probeOptions() {
            return Optional.of(Options.NONE
                    .with(Options.TSIZE, 0)
                    .with(Options.BLKSIZE, 1468)
                    .with(Options.WINDOWSIZE, 4));
        }
    },
    /** iPXE. */
    IPXE(Options.NONE.with(Options.BLKSIZE, 1432).with(Options.TSIZE, 0)),
    /** GRUB: its names begin with a slash. */
    GRUB(Options.NONE.with(Options.BLKSIZE, 1024).with(Options.TSIZE, 0)) {
        @Override
        String filename(String name) {
            return name.startsWith("/") ? name : "/" + name;
        }
    },
    /** Old network devices: no options at all; configurations are uploaded in netascii. */
    CISCO(Options.NONE) {
        @Override
        TransferMode putMode() {
            return TransferMode.NETASCII;
        }
    };

    /** Milliseconds from the probe to the real request. */
    static final long AFTER_PROBE_MILLIS = 3;

    private final Options getOptions;

    FirmwareProfile(Options getOptions) {
        this.getOptions = getOptions;
    }

    /**
     * Reads a name of any case.
     *
     * @throws IllegalArgumentException for anything else, with the text and what was expected
     */
    public static FirmwareProfile named(String name) {
        for (FirmwareProfile profile : values()) {
            if (profile.name().equalsIgnoreCase(name)) {
                return profile;
            }
        }
        throw new IllegalArgumentException(name + " (expected: pxe, uboot, edk2, ipxe, grub or cisco)");
    }

    /** Whether it can upload at all. */
    public boolean uploads() {
        return this == UBOOT || this == CISCO;
    }

    /** What a read request asks. */
    Options getOptions() {
        return getOptions;
    }

    /** What a write request asks. */
    Options putOptions(long size) {
        return Options.NONE;
    }

    /** What the request asks that comes first and is only to learn the size, where there is one. */
    Optional<Options> probeOptions() {
        return Optional.empty();
    }

    /** How it writes a name. */
    String filename(String name) {
        return name;
    }

    /** The mode of its uploads. */
    TransferMode putMode() {
        return TransferMode.OCTET;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
