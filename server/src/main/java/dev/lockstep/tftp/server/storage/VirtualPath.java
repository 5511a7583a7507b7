package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.transfer.TftpException;
import java.io.File;
import java.util.ArrayList;
import java.util.List;

/**
 * A client's file name as elements below the root. Both slashes separate, since Windows boot managers ask with
 * backslashes; a leading one is the root. Percent signs mean nothing. What could lead out is refused, not repaired.
 */
public final class VirtualPath {
    /** Whether a letter and a colon mean a drive: on Windows; elsewhere {@code a:b} is a name like any other. */
    private static final boolean DRIVES = File.separatorChar == '\\';

    private VirtualPath() {}

    /**
     * The elements, none of them empty, {@code .} or {@code ..}.
     *
     * @throws TftpException ACCESS_VIOLATION for a name that leads elsewhere
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

    private static boolean isDrive(String element) {
        return element.length() >= 2 && element.charAt(1) == ':' && Character.isLetter(element.charAt(0));
    }
}
