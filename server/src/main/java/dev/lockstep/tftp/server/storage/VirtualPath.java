package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import java.io.File;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits a client's file name into elements below the root. Both slashes are separators, since Windows boot managers
 * send backslashes; a leading one stands for the root. Percent signs are not decoded. A name that could lead out of the
 * root is refused, not corrected.
 */
public final class VirtualPath {
    /** True on Windows, where a letter and a colon are a drive. Elsewhere {@code a:b} is an ordinary name. */
    private static final boolean DRIVES = File.separatorChar == '\\';

    private VirtualPath() {}

    /**
     * {@return the elements of a name, none of them empty, {@code .} or {@code ..}}
     *
     * @param filename the name as the client sent it, not validated
     * @throws TftpException ACCESS_VIOLATION if the name could lead out of the root
     */
    public static List<String> elementsOf(String filename) throws TftpException {
        List<String> elements = new ArrayList<>();
        for (String element : filename.split("[/\\\\]")) {
            if (element.equals("..") || element.indexOf('\0') >= 0 || DRIVES && isDrive(element)) {
                throw new TftpException(ErrorCode.ACCESS_VIOLATION, "name leads out of the served folder");
            }
            if (!element.isEmpty() && !element.equals(".")) {
                elements.add(element);
            }
        }
        return elements;
    }

    /**
     * {@return the elements of the name of a file, at least one}
     *
     * @param filename the name as the client sent it, not validated
     * @throws TftpException ACCESS_VIOLATION if the name could lead out of the root, or is the root itself
     */
    public static List<String> elementsOfFile(String filename) throws TftpException {
        List<String> elements = elementsOf(filename);
        if (elements.isEmpty()) {
            throw notRegular();
        }
        return elements;
    }

    /** Returns the failure of a request for a directory, a device or the like. */
    static TftpException notRegular() {
        return new TftpException(ErrorCode.ACCESS_VIOLATION, "not a regular file");
    }

    private static boolean isDrive(String element) {
        return element.length() >= 2 && element.charAt(1) == ':' && Character.isLetter(element.charAt(0));
    }
}
