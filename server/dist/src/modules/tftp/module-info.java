/** All classes of the client and its libraries, in the Java runtime of the packages. */
open module dev.lockstep.tftp {
    requires java.logging;
    requires jdk.unsupported;
    requires jdk.management;
}
