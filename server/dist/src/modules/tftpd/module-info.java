/** All classes of the daemon and its libraries, in the Java runtime of the packages. */
open module dev.lockstep.tftpd {
    requires java.logging;
    requires java.naming;
    requires java.net.http;
    requires java.xml;
    // elliptic curves of TLS
    requires jdk.crypto.ec;
    requires jdk.management;
    requires jdk.unsupported;

    // for jars of storage providers
    exports dev.lockstep.tftp.io;
    exports dev.lockstep.tftp.server;
    exports dev.lockstep.tftp.server.storage;

    uses dev.lockstep.tftp.server.storage.StorageProvider;
    uses org.slf4j.spi.SLF4JServiceProvider;
    uses ch.qos.logback.classic.spi.Configurator;

    provides org.slf4j.spi.SLF4JServiceProvider with
            ch.qos.logback.classic.spi.LogbackServiceProvider;
}
