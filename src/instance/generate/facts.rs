//! The figures that a synthetic instance scales: the lanes, products and markets of Liège in 2019.
//!
//! Coordinates are those of OurAirports (public domain) and UN/LOCODE; aircraft, blocks, prices,
//! shares and capacities are the estimates of the Liège instances, whose `source` columns name
//! where each one comes from.

/// A place at coordinates with a share of something.
pub(super) struct Site {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) lat: f64,
    pub(super) lon: f64,
    /// Of parcels, for cities and markets; not normalised.
    pub(super) share: f64,
    pub(super) country: &'static str,
    pub(super) time_zone: &'static str,
}

const fn site(
    id: &'static str,
    name: &'static str,
    (lat, lon): (f64, f64),
    share: f64,
    country: &'static str,
    time_zone: &'static str,
) -> Site {
    Site {
        id,
        name,
        lat,
        lon,
        share,
        country,
        time_zone,
    }
}

const CN: &str = "Asia/Shanghai";

/// Where everything goes through.
pub(super) const HUB: Site = site(
    "LGG",
    "Liège Airport",
    (50.6374, 5.4432),
    1.0,
    "BE",
    "Europe/Brussels",
);

/// Cities by their share of the parcels; the first ten are those of the Liège week.
pub(super) const CITIES: [Site; 16] = [
    site("C_YIWU", "Yiwu", (29.3, 120.0667), 0.33, "CN", CN),
    site("C_SHENZHEN", "Shenzhen", (22.55, 114.1167), 0.20, "CN", CN),
    site(
        "C_SHANGHAI",
        "Shanghai",
        (31.2333, 121.4833),
        0.09,
        "CN",
        CN,
    ),
    site(
        "C_GUANGZHOU",
        "Guangzhou",
        (23.1333, 113.2333),
        0.09,
        "CN",
        CN,
    ),
    site(
        "C_HANGZHOU",
        "Hangzhou",
        (30.2667, 120.1667),
        0.08,
        "CN",
        CN,
    ),
    site("C_DONGGUAN", "Dongguan", (23.0333, 113.75), 0.05, "CN", CN),
    site(
        "C_ZHENGZHOU",
        "Zhengzhou",
        (34.7667, 113.6667),
        0.05,
        "CN",
        CN,
    ),
    site("C_XIAMEN", "Xiamen", (24.45, 118.1), 0.04, "CN", CN),
    site("C_CHENGDU", "Chengdu", (30.6667, 104.0667), 0.04, "CN", CN),
    site("C_WUHAN", "Wuhan", (30.5833, 114.2833), 0.03, "CN", CN),
    site("C_NINGBO", "Ningbo", (29.8667, 121.55), 0.03, "CN", CN),
    site("C_QUANZHOU", "Quanzhou", (24.9333, 118.6), 0.02, "CN", CN),
    site("C_NANJING", "Nanjing", (32.05, 118.7667), 0.02, "CN", CN),
    site(
        "C_CHONGQING",
        "Chongqing",
        (29.5833, 106.55),
        0.02,
        "CN",
        CN,
    ),
    site("C_XIAN", "Xi'an", (34.2833, 108.95), 0.01, "CN", CN),
    site("C_JINAN", "Jinan", (36.6667, 117.0), 0.01, "CN", CN),
];

/// Markets by their share of the parcels.
pub(super) const MARKETS: [Site; 10] = [
    site(
        "D_PARIS",
        "Paris",
        (48.85, 2.35),
        0.22,
        "FR",
        "Europe/Paris",
    ),
    site(
        "D_MADRID",
        "Madrid",
        (40.4, -3.6833),
        0.20,
        "ES",
        "Europe/Madrid",
    ),
    site(
        "D_MILAN",
        "Milan",
        (45.4642, 9.19),
        0.11,
        "IT",
        "Europe/Rome",
    ),
    site(
        "D_FRANKFURT",
        "Frankfurt am Main",
        (50.1167, 8.6833),
        0.10,
        "DE",
        "Europe/Berlin",
    ),
    site(
        "D_AMSTERDAM",
        "Amsterdam",
        (52.4, 4.8167),
        0.10,
        "NL",
        "Europe/Amsterdam",
    ),
    site(
        "D_WARSAW",
        "Warsaw",
        (52.25, 21.0),
        0.09,
        "PL",
        "Europe/Warsaw",
    ),
    site(
        "D_BRUSSELS",
        "Brussels",
        (50.8333, 4.3333),
        0.06,
        "BE",
        "Europe/Brussels",
    ),
    site(
        "D_LILLE",
        "Lille",
        (50.6333, 3.0667),
        0.05,
        "FR",
        "Europe/Paris",
    ),
    site(
        "D_DUISBURG",
        "Duisburg",
        (51.4667, 6.75),
        0.04,
        "DE",
        "Europe/Berlin",
    ),
    site(
        "D_COLOGNE",
        "Cologne",
        (50.95, 6.9333),
        0.03,
        "DE",
        "Europe/Berlin",
    ),
];

/// Airports in the order in which a growing network opens them; the first nine are those of the
/// Liège week.
pub(super) const AIRPORTS: [Site; 19] = [
    site(
        "HKG",
        "Hong Kong",
        (22.3089, 113.915),
        0.0,
        "HK",
        "Asia/Hong_Kong",
    ),
    site("PVG", "Shanghai Pudong", (31.1434, 121.805), 0.0, "CN", CN),
    site(
        "HGH",
        "Hangzhou Xiaoshan",
        (30.2295, 120.434),
        0.0,
        "CN",
        CN,
    ),
    site(
        "CGO",
        "Zhengzhou Xinzheng",
        (34.5197, 113.841),
        0.0,
        "CN",
        CN,
    ),
    site("SZX", "Shenzhen Bao'an", (22.6393, 113.811), 0.0, "CN", CN),
    site("CAN", "Guangzhou Baiyun", (23.3924, 113.299), 0.0, "CN", CN),
    site("WUH", "Wuhan Tianhe", (30.7838, 114.208), 0.0, "CN", CN),
    site("NKG", "Nanjing Lukou", (31.742, 118.862), 0.0, "CN", CN),
    site(
        "CTU",
        "Chengdu Shuangliu",
        (30.5785, 103.947),
        0.0,
        "CN",
        CN,
    ),
    site("NGB", "Ningbo Lishe", (29.8267, 121.462), 0.0, "CN", CN),
    site("YIW", "Yiwu", (29.3447, 120.032), 0.0, "CN", CN),
    site("XMN", "Xiamen Gaoqi", (24.544, 118.128), 0.0, "CN", CN),
    site(
        "CKG",
        "Chongqing Jiangbei",
        (29.7192, 106.642),
        0.0,
        "CN",
        CN,
    ),
    site("XIY", "Xi'an Xianyang", (34.4471, 108.752), 0.0, "CN", CN),
    site("CSX", "Changsha Huanghua", (28.1892, 113.22), 0.0, "CN", CN),
    site("TNA", "Jinan Yaoqiang", (36.8572, 117.216), 0.0, "CN", CN),
    site("TAO", "Qingdao", (36.2661, 120.374), 0.0, "CN", CN),
    site("EHU", "Ezhou Huahu", (30.3412, 115.0393), 0.0, "CN", CN),
    site("YNT", "Yantai", (37.4017, 121.372), 0.0, "CN", CN),
];

/// Rail terminals in the order in which a growing network opens them.
pub(super) const TERMINALS: [Site; 5] = [
    site(
        "R_ZHENGZHOU",
        "Zhengzhou Putian",
        (34.7667, 113.6667),
        0.0,
        "CN",
        CN,
    ),
    site("R_YIWU", "Yiwu West", (29.3, 120.0667), 0.0, "CN", CN),
    site(
        "R_CHENGDU",
        "Chengdu Qingbaijiang",
        (30.6667, 104.0667),
        0.0,
        "CN",
        CN,
    ),
    site("R_XIAN", "Xi'an", (34.2833, 108.95), 0.0, "CN", CN),
    site("R_JINAN", "Jinan South", (36.6667, 117.0), 0.0, "CN", CN),
];

/// Hours of a train to Liège and its length in forty-foot units, by terminal.
pub(super) const TRAINS: [(u32, usize); 5] =
    [(432, 36), (408, 41), (336, 41), (384, 41), (600, 41)];

/// A freighter: name, payload net of pallets in kg, usable volume in m³.
pub(super) struct Aircraft {
    pub(super) name: &'static str,
    pub(super) kg: f64,
    pub(super) m3: f64,
}

const fn aircraft(name: &'static str, kg: f64, m3: f64) -> Aircraft {
    Aircraft { name, kg, m3 }
}

/// Freighters on the lanes.
pub(super) const AIRCRAFT: [Aircraft; 5] = [
    aircraft("747-400F", 96_000.0, 600.0),
    aircraft("747-8F", 125_000.0, 730.0),
    aircraft("777F", 95_000.0, 560.0),
    aircraft("A330-200F", 60_000.0, 400.0),
    aircraft("MD-11F", 82_000.0, 500.0),
];

/// A flight service of the Liège week: airport, aircraft (by position), share of the aircraft that
/// is sold to the planner, days.
pub(super) const FLIGHTS: [(&str, usize, f64, &str); 10] = [
    ("HKG", 1, 0.6, "135"),
    ("HGH", 0, 1.0, "26"),
    ("PVG", 0, 0.25, "2457"),
    ("PVG", 2, 0.5, "36"),
    ("CGO", 1, 0.6, "14"),
    ("SZX", 0, 0.8, "37"),
    ("CAN", 2, 0.6, "25"),
    ("WUH", 0, 0.3, "135"),
    ("NKG", 0, 0.6, "4"),
    ("CTU", 3, 0.5, "26"),
];

/// Shares of an aircraft that are sold under block space agreements.
pub(super) const BLOCKS: [f64; 5] = [0.25, 0.3, 0.5, 0.6, 0.8];

/// A class of parcels.
pub(super) struct Parcel {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) share: f64,
    pub(super) grams: f64,
    pub(super) litres: f64,
    pub(super) promise_hours: u32,
    pub(super) max_late_hours: u32,
    pub(super) late_per_day: f64,
    pub(super) unserved: f64,
}

/// The products of the Liège week, in the order in which a growing range adopts them.
///
/// A day late costs 0.5 % to 2 % of goods worth 10 to 20 euros, for express ten times that; the
/// latest express parcel is the one whose lateness costs what staying behind costs.
pub(super) const PARCELS: [Parcel; 4] = [
    Parcel {
        id: "standard10",
        name: "Standard, 10 days",
        share: 0.78,
        grams: 170.0,
        litres: 1.2,
        promise_hours: 240,
        max_late_hours: 168,
        late_per_day: 0.1,
        unserved: 2.5,
    },
    Parcel {
        id: "economy28",
        name: "Economy, 28 days",
        share: 0.13,
        grams: 300.0,
        litres: 2.3,
        promise_hours: 672,
        max_late_hours: 168,
        late_per_day: 0.05,
        unserved: 1.5,
    },
    Parcel {
        id: "express72",
        name: "Express, 72 hours",
        share: 0.04,
        grams: 350.0,
        litres: 2.3,
        promise_hours: 72,
        max_late_hours: 240,
        late_per_day: 0.6,
        unserved: 6.0,
    },
    Parcel {
        id: "bulky30",
        name: "Bulky, 30 days",
        share: 0.05,
        grams: 1900.0,
        litres: 16.0,
        promise_hours: 720,
        max_late_hours: 168,
        late_per_day: 0.15,
        unserved: 8.0,
    },
];

/// Parcels of a week by its ISO week number, over those of an ordinary week.
///
/// Chinese New Year is taken to fall in week 7: the trough of 0.45 is the middle of the air
/// tonnage told for 2024 and 2025, with a rush before it. November and December are 1.65/1.36 of
/// May to October and the wave of Singles' Day 1.85/1.36, both of 2019; what the traffic grew over
/// that year is left out.
pub(super) fn season(iso_week: i8) -> f64 {
    match iso_week {
        5 => 1.1,
        6 => 0.8,
        7 => 0.45,
        8 => 0.7,
        9 => 0.9,
        46 | 47 => 1.36,
        45 | 48..=51 => 1.21,
        _ => 1.0,
    }
}

/// The week in which Singles' Day falls.
pub(super) const SINGLES_DAY_WEEK: i8 = 46;
