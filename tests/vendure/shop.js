// A shop that is not ours: Vendure with SQLite in memory and Chinese listings, on loopback until its standard input closes.
//
//   node shop.js FOLDER     FOLDER holds shop.json, products.csv (Vendure's own form for imports) and pictures/
//
// Prints its address when it is filled; what goes wrong goes to standard error. Owns: settings, filling, serving. Leaves to others: what is sold (listings.py).

'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { Readable } = require('node:stream');
const core = require('@vendure/core');
const { populate } = require('@vendure/core/cli');

const LANGUAGE = 'zh_Hans';

// Vendure leaves files to plug-ins with native code; here they stay in memory, and a preview is the picture itself.
function files(pictures) {
    const stored = new Map();
    return {
        assetStorageStrategy: {
            writeFileFromBuffer: async (name, bytes) => (stored.set(name, bytes), name),
            writeFileFromStream: async (name, stream) => (stored.set(name, Buffer.concat(await stream.toArray())), name),
            readFileToBuffer: async name => stored.get(name),
            readFileToStream: async name => Readable.from(stored.get(name)),
            deleteFile: async name => void stored.delete(name),
            fileExists: async name => stored.has(name),
            toAbsoluteUrl: (request, name) => pictures + name,
        },
        assetPreviewStrategy: { generatePreviewImage: async (context, type, bytes) => bytes },
    };
}

function settings(folder, shop) {
    const secret = 'of-a-shop-made-for-one-test';
    return {
        apiOptions: { port: 0, hostname: '127.0.0.1', shopApiPath: 'shop-api', adminApiPath: 'admin-api' },
        authOptions: {
            superadminCredentials: { identifier: 'superadmin', password: secret },
            cookieOptions: { secret },
        },
        dbConnectionOptions: { type: 'sqljs', synchronize: true, logging: false },
        defaultLanguageCode: LANGUAGE,
        importExportOptions: { importAssetsDir: path.join(folder, 'pictures') },
        assetOptions: files(shop.pictures),
        logger: { error: console.error, warn() {}, info() {}, verbose() {}, debug() {} },
    };
}

async function nameSellerAndMoney(app, seller) {
    const channels = app.get(core.ChannelService);
    const context = await app.get(core.RequestContextService).create({ apiType: 'admin' });
    const channel = await channels.getDefaultChannel();
    await channels.update(context, {
        id: channel.id,
        pricesIncludeTax: true,
        availableCurrencyCodes: ['CNY'],
        defaultCurrencyCode: 'CNY',
    });
    await app.get(core.SellerService).update(context, { id: channel.sellerId, name: seller });
}

// Jobs sort goods into collections, and the import does not wait for them.
async function sorted(app) {
    const collections = app.get(core.TransactionalConnection).rawConnection.getRepository(core.Collection);
    for (;;) {
        const found = await collections.find({ where: { isRoot: false }, relations: ['productVariants'] });
        if (found.length && found.every(one => one.productVariants.length)) return;
        await new Promise(resolve => setTimeout(resolve, 50));
    }
}

async function main(folder) {
    const shop = JSON.parse(fs.readFileSync(path.join(folder, 'shop.json'), 'utf-8'));
    const start = async () => {
        const app = await core.bootstrap(settings(folder, shop));
        await nameSellerAndMoney(app, shop.seller);
        await app.get(core.JobQueueService).start();
        return app;
    };
    const initial = {
        defaultLanguage: LANGUAGE,
        defaultZone: '中国',
        countries: [{ name: '中国', code: 'CN', zone: '中国' }],
        taxRates: [{ name: shop.tax, percentage: 13 }],
        shippingMethods: [],
        paymentMethods: [],
        collections: shop.collections,
    };
    const app = await populate(start, initial, path.join(folder, 'products.csv'));
    await sorted(app);
    process.stdout.write((await app.getUrl()) + '\n');
    process.stdin.on('end', () => process.exit(0)).resume();
}

main(process.argv[2]).catch(error => {
    console.error(error);
    process.exit(1);
});
